// The page between the player and the content: window.API for the content, saving, and messages to the bar.
"use strict";

(() => {
  const start = JSON.parse(document.getElementById("start").textContent);
  const LONG = { "cmi.suspend_data": 1048576, "cmi.core.lesson_location": 4096, "cmi.comments": 1048576 };
  const SHORT = { "cmi.suspend_data": 4096, "cmi.core.lesson_location": 255, "cmi.comments": 4096 };
  const CALLED_SILENT = 15000;
  const PROGRESS = /^cmi\.(core\.(lesson_(status|location)|score\.raw)|interactions\.)/; // what a timer alone does not write

  const values = { ...start.data }; // what content finds and has written
  const named = decodeURIComponent(location.hash.slice(1)); // the player says at which of our addresses it was opened
  const appOrigin = start.app.includes(named) ? named : start.app[0];
  const transport = new window.AcademyTransport(start, report);
  const activity = new window.AcademyActivity(() => report({ type: "active" }));

  let inner = null; // scorm-again's data model of the present session
  let phase = "before"; // before, running, finished
  let speaker = null; // the document that called LMSInitialize
  let lastError = "";
  let frame = null;
  let leaving = false;

  function report(message) {
    if (message.type === "superseded" || message.type === "signed-out") leave();
    parent.postMessage({ academy: 1, ...message }, appOrigin);
  }

  function model() {
    const found = new window.Scorm12API({ logLevel: 5 });
    const given = Object.entries(values).filter(([, value]) => value !== "");
    found.loadFromFlattenedJSON(Object.fromEntries(given.map(([name, value]) => [name, value.slice(0, SHORT[name])])), "");
    return found;
  }

  function contentDocument() {
    try {
      return frame?.contentWindow?.document || null;
    } catch {
      return null;
    }
  }

  // Content that reloads itself begins a new session; the same document cannot.
  function refresh() {
    if (phase === "before" || contentDocument() === speaker) return;
    if (phase === "running") transport.end("leave");
    values["cmi.core.entry"] = "resume";
    delete values["cmi.core.exit"];
    inner = model();
    phase = "before";
  }

  function fail(code) {
    lastError = code;
    return "false";
  }

  const api = {
    LMSInitialize(argument) {
      lastError = "";
      refresh();
      const answer = inner.LMSInitialize(argument);
      if (answer !== "true") return answer;
      phase = "running";
      speaker = contentDocument();
      transport.begin();
      report({ type: "speaking" });
      return answer;
    },

    LMSFinish(argument) {
      lastError = "";
      const answer = inner.LMSFinish(argument);
      if (answer !== "true") return answer;
      phase = "finished";
      transport.end("finish");
      if (gone) transport.leave();
      else if (!leaving) report({ type: "finished" });
      return answer;
    },

    LMSGetValue(element) {
      lastError = "";
      const answer = inner.LMSGetValue(element);
      if (phase !== "running" || inner.LMSGetLastError() !== "0") return answer;
      return element in LONG || element === "cmi.core.total_time" ? (values[element] ?? answer) : answer;
    },

    LMSSetValue(element, given) {
      lastError = "";
      let value = String(given);
      if (element === "cmi.comments") value = (values[element] || "") + value;
      if (value.length > LONG[element]) return fail("405");
      const answer = inner.LMSSetValue(element, value.slice(0, SHORT[element]));
      if (answer !== "true") return answer;
      if (PROGRESS.test(element) && values[element] !== value) activity.note();
      values[element] = value;
      transport.write(element, value);
      return answer;
    },

    LMSCommit(argument) {
      lastError = "";
      const answer = inner.LMSCommit(argument);
      if (answer !== "true") return answer;
      transport.flush();
      if (gone) transport.leave();
      return transport.failed ? fail("101") : "true";
    },

    LMSGetLastError: () => lastError || inner.LMSGetLastError(),
    LMSGetErrorString: (code) => inner.LMSGetErrorString(code),
    LMSGetDiagnostic: (code) => inner.LMSGetDiagnostic(code || lastError),
  };

  let gone = false;

  async function leave() {
    if (leaving) return;
    leaving = true;
    clearInterval(pulse);
    frame.remove(); // runs the content's own unload, and with it its LMSFinish
    await new Promise((resolve) => setTimeout(resolve, 50));
    const open = phase === "running" || start.kind === "asset";
    transport.end(open ? "leave" : "", { close: true });
    await settle();
  }

  // Leaving is over only when the server has everything; until then the bar shows that it has not.
  async function settle() {
    while (transport.isDirty) await new Promise((resolve) => setTimeout(resolve, 100));
    report({ type: "closed" });
  }

  addEventListener("message", (event) => {
    if (event.source !== parent || event.origin !== appOrigin) return;
    const { type, token } = event.data || {};
    if (type === "leave") leave();
    if (type === "retry") transport.retry();
    if (type === "token" && typeof token === "string") {
      transport.token = token;
      transport.signedOut = false;
      transport.retry();
    }
  });

  // Removing the frame first runs the content's own unload, so that what it says last goes out with the rest.
  addEventListener("pagehide", () => {
    gone = true;
    if (frame) frame.remove();
    transport.leave();
  });
  addEventListener("pageshow", () => {
    gone = false;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden" && transport.isDirty) transport.flush();
  });

  function open() {
    frame = document.createElement("iframe");
    frame.id = "content";
    frame.title = start.title;
    frame.allow = "fullscreen; autoplay";
    frame.addEventListener("load", loaded);
    frame.src = start.content;
    document.body.append(frame);
  }

  function loaded() {
    report({ type: "loaded" });
    activity.watch(frame.contentWindow);
    if (start.kind === "asset" && !transport.session) transport.begin();
    if (start.kind === "asset" || phase !== "before") return;
    setTimeout(() => phase === "before" && !leaving && report({ type: "silent" }), CALLED_SILENT);
  }

  let beats = 0;
  const pulse = setInterval(() => {
    transport.ask(beats % 4 ? "GET" : "POST");
    if (frame) activity.look(frame.contentWindow);
    beats += 1;
  }, 15000);

  // Another tab of this browser asks at once whether it was taken over; other browsers hear with the next beat.
  const tabs = window.BroadcastChannel ? new BroadcastChannel("launch") : null;
  if (tabs) {
    tabs.onmessage = (event) => event.data !== start.launch && transport.ask("GET");
    tabs.postMessage(start.launch);
  }

  inner = model();
  window.API = api;
  transport.ask("POST");
  open();
})();
