/* Leads through the pages of one lesson and tells the platform what happened. */
(function () {
  'use strict';

  const { Memory, Session, endPage, fill, isCorrect, make, pageTitle, renderPage } = window.Academy;
  const lesson = window.LESSON;
  const words = lesson.words;
  const find = (hook) => document.querySelector('[data-test="' + hook + '"]');
  const main = document.querySelector('main');

  const session = new Session();
  session.start();
  const memory = new Memory(lesson, session.restore(), session.score());
  const passMark = session.passMark(lesson.passMark);
  const context = {
    lesson: lesson, memory: memory, words: words, passMark: passMark,
    acts: { choose: choose, check: check, go: show, retry: retry },
  };
  let current = memory.page(session.get('cmi.core.lesson_location')) || memory.pages[0];
  let shownAt = new Date();

  function save() {
    session.keep(current.id, memory.save());
  }

  function position() {
    return memory.pages.indexOf(current);
  }

  function tile(page) {
    const kind = page.isResult ? 'ends' : page.number ? 'asks' : 'reads';
    const state = page === current ? ' current' : memory.seen.has(page.id) ? ' seen' : '';
    return make('span', { class: 'tile ' + kind + state });
  }

  function seenMark() {
    const tick = make('span', { 'aria-hidden': 'true', text: '✓' });
    return make('span', { class: 'seen-mark' }, [tick, make('span', { class: 'spoken', text: words.seen })]);
  }

  function contentsLine(page) {
    const button = make('button', { type: 'button', html: pageTitle(page, words), 'data-page': page.id });
    button.addEventListener('click', () => show(page.id));
    if (page === current) button.setAttribute('aria-current', 'page');
    if (memory.seen.has(page.id)) button.append(seenMark());
    return make('li', {}, [button]);
  }

  function isWaitingForAnswer() {
    return Boolean(current.number) && !memory.checked.has(current.id);
  }

  function drawFrame() {
    const isLast = position() === memory.pages.length - 1;
    const facts = { number: position() + 1, total: memory.pages.length };
    find('tiles').replaceChildren(...memory.pages.map(tile));
    find('pages').replaceChildren(...memory.pages.map(contentsLine));
    find('contents').open = false;
    find('position').textContent = fill(words.position, facts);
    find('back').hidden = position() === 0;
    find('next').hidden = isLast;
    find('next').className = isWaitingForAnswer() ? 'secondary' : 'primary';
    find('next').textContent = current.isCover ? words.begin : words.next;
    find('finish').hidden = !isLast;
    document.title = pageTitle(current, words).replace(/<[^>]+>/g, '') + ' – ' + lesson.title;
  }

  function draw() {
    main.replaceChildren(renderPage(current, context));
    drawFrame();
  }

  function focusHeading() {
    window.scrollTo(0, 0);
    main.querySelector('h1').focus({ preventScroll: true });
  }

  function arrive() {
    shownAt = new Date();
    memory.seen.add(current.id);
    draw();
    save();
    if (!lesson.check && memory.isEverythingSeen()) session.setStatus('completed');
    session.commit();
  }

  function show(id) {
    current = memory.page(id);
    arrive();
    focusHeading();
  }

  function step(by) {
    show(memory.pages[position() + by].id);
  }

  function choose(question, given) {
    memory.answers[question.id] = given;
    save();
  }

  function check(question, given) {
    memory.answers[question.id] = given;
    memory.checked.add(question.id);
    session.recordAnswer({
      id: question.id,
      type: question.kind === 'truth' ? 'true-false' : 'choice',
      correct: question.correct,
      given: given,
      isCorrect: isCorrect(question, given),
      weighting: memory.scored.includes(question) ? 1 : 0,
      shownAt: shownAt,
    });
    reportResult();
    save();
    session.commit();
    draw();
    main.querySelector('[data-test="feedback"]').focus();
  }

  /* The result is told as soon as the last question is answered, so that closing the page cannot lose it. */
  function reportResult() {
    if (!memory.scored.length || memory.unanswered().length) return;
    memory.best = Math.max(memory.best || 0, memory.percent());
    session.setScore(memory.best);
    session.setStatus(memory.best >= passMark ? 'passed' : 'failed');
  }

  function retry() {
    memory.startAgain();
    show(memory.scored[0].id);
  }

  function unsavedReason() {
    if (!session.open) return words.noPlatform;
    return session.recording ? '' : words.notRecorded;
  }

  function finish() {
    save();
    const reason = unsavedReason();
    const ending = reason ? 'endUnsaved' : session.isDone() ? 'endDone' : 'endLater';
    session.finish();
    tell('');
    main.replaceChildren(endPage(context, ending, reason || words[ending + 'Text']));
    document.querySelectorAll('.top, .steps').forEach((frame) => { frame.hidden = true; });
    focusHeading();
  }

  function leave() {
    save();
    session.finish();
  }

  function tell(sentence) {
    find('banner').textContent = sentence;
    find('banner').hidden = !sentence;
  }

  function begin() {
    session.onTrouble = (isLost) => tell(isLost ? words.notSaved : unsavedReason());
    find('back').addEventListener('click', () => step(-1));
    find('next').addEventListener('click', () => step(1));
    find('finish').addEventListener('click', finish);
    window.addEventListener('pagehide', leave);
    window.addEventListener('unload', leave);
    window.addEventListener('pageshow', (event) => { if (event.persisted) window.location.reload(); });
    document.addEventListener('visibilitychange', () => { if (document.hidden) session.commit(); });
    find('contents').addEventListener('toggle', () => {
      find('pages').querySelector('[aria-current]').scrollIntoView({ block: 'nearest' });
    });
    document.addEventListener('keydown', (event) => { if (event.key === 'Escape') find('contents').open = false; });
    arrive();
    tell(unsavedReason());
  }

  begin();
})();
