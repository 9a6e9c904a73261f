/* What the learner has seen and answered, and how it fits into suspend_data. */
(function () {
  'use strict';

  const { isCorrect } = window.Academy;

  function expand(lesson) {
    if (!lesson.check) return lesson.pages;
    const questions = lesson.check.questions.map((question, index) => ({
      id: question.id, part: lesson.check.intro.part, question: question, number: index + 1,
    }));
    const result = { id: 'result', part: lesson.check.intro.part, isResult: true };
    return lesson.pages.concat(lesson.check.intro, questions, result);
  }

  function Memory(lesson, saved, recordedScore) {
    this.pages = expand(lesson);
    this.scored = lesson.check ? lesson.check.questions : [];
    this.seen = new Set(this.pages.map((page) => page.id).filter((id, index) => (saved.s || '')[index] === '1'));
    this.answers = saved.a || {};
    this.checked = new Set(saved.k || []);
    this.attempt = saved.n || 1;
    this.best = typeof saved.b === 'number' ? saved.b : recordedScore;
  }

  Memory.prototype.save = function () {
    return {
      v: 1,
      s: this.pages.map((page) => (this.seen.has(page.id) ? '1' : '0')).join(''),
      a: this.answers,
      k: [...this.checked],
      n: this.attempt,
      b: this.best,
    };
  };

  Memory.prototype.page = function (id) {
    return this.pages.find((page) => page.id === id);
  };

  Memory.prototype.given = function (question) {
    return this.answers[question.id] || [];
  };

  Memory.prototype.isRight = function (question) {
    return this.checked.has(question.id) && isCorrect(question, this.given(question));
  };

  Memory.prototype.unanswered = function () {
    return this.scored.filter((question) => !this.checked.has(question.id));
  };

  Memory.prototype.rightCount = function () {
    return this.scored.filter((question) => this.isRight(question)).length;
  };

  Memory.prototype.percent = function () {
    return Math.round((100 * this.rightCount()) / this.scored.length);
  };

  Memory.prototype.isEverythingSeen = function () {
    return this.pages.every((page) => this.seen.has(page.id));
  };

  Memory.prototype.startAgain = function () {
    this.scored.forEach((question) => {
      delete this.answers[question.id];
      this.checked.delete(question.id);
    });
    this.attempt += 1;
  };

  window.Academy.Memory = Memory;
})();
