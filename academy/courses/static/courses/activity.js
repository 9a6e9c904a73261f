// Notices that somebody is learning: a hand on keys or pointer anywhere in the content, or a film that runs.
"use strict";

window.AcademyActivity = class {
  static signs = ["pointerdown", "keydown", "wheel", "touchstart", "scroll"];
  static pause = 10000; // ms between two reports

  constructor(report) {
    this.report = report;
    this.last = 0;
    this.watched = new WeakSet();
  }

  note() {
    if (Date.now() - this.last < this.constructor.pause) return;
    this.last = Date.now();
    this.report();
  }

  // Content may load frames at any time, so all are looked through again with each beat.
  look(content) {
    this.watch(content);
    if (this.documents(content).some((page) => [...page.querySelectorAll("video, audio")].some((film) => !film.paused))) this.note();
  }

  watch(content) {
    for (const page of this.documents(content)) {
      if (this.watched.has(page)) continue;
      this.watched.add(page);
      for (const sign of this.constructor.signs) page.addEventListener(sign, () => this.note(), { capture: true, passive: true });
    }
  }

  documents(content) {
    try {
      const below = Array.from({ length: content.frames.length }, (_, index) => this.documents(content.frames[index]));
      return [content.document, ...below.flat()];
    } catch {
      return []; // a page of another host cannot be looked into
    }
  }
};
