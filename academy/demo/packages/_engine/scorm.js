/* The session with the learning platform: SCORM 1.2, or nothing at all when no API is found. */
(function () {
  'use strict';

  const DONE = ['passed', 'completed'];

  function climb(start) {
    let place = start;
    for (let step = 0; place && step < 8; step += 1) {
      try {
        if (place.API) return place.API;
      } catch (crossOrigin) {
        return null;
      }
      if (place.parent === place) return null;
      place = place.parent;
    }
    return null;
  }

  function findApi() {
    return climb(window) || climb(window.opener);
  }

  const two = (number) => String(number).padStart(2, '0');

  function timespan(milliseconds) {
    const hundredths = Math.max(0, Math.round(milliseconds / 10));
    const seconds = Math.floor(hundredths / 100);
    const hours = String(Math.floor(seconds / 3600)).padStart(4, '0');
    return hours + ':' + two(Math.floor(seconds / 60) % 60) + ':' + two(seconds % 60) + '.' + two(hundredths % 100);
  }

  function timeOfDay(date) {
    return two(date.getHours()) + ':' + two(date.getMinutes()) + ':' + two(date.getSeconds());
  }

  function Session() {
    this.api = findApi();
    this.open = false;
    this.started = Date.now();
    this.status = '';
    this.recording = false;
    this.onTrouble = function () {};
  }

  Session.prototype.start = function () {
    this.open = Boolean(this.api) && this.api.LMSInitialize('') === 'true';
    if (!this.open) return;
    const mode = this.get('cmi.core.lesson_mode');
    this.recording = mode !== 'review' && mode !== 'browse';
    this.status = this.get('cmi.core.lesson_status');
    if (this.recording && (this.status === '' || this.status === 'not attempted')) this.setStatus('incomplete');
  };

  Session.prototype.get = function (element) {
    return this.open ? String(this.api.LMSGetValue(element)) : '';
  };

  Session.prototype.set = function (element, value) {
    if (!this.open) return false;
    const accepted = this.api.LMSSetValue(element, String(value)) === 'true';
    if (!accepted) console.warn('Not accepted by the platform:', element, this.api.LMSGetLastError());
    return accepted;
  };

  Session.prototype.isDone = function () {
    return DONE.includes(this.status);
  };

  /* A finished result is never taken back. */
  Session.prototype.setStatus = function (status) {
    if (!this.recording || this.isDone()) return;
    if (this.set('cmi.core.lesson_status', status)) this.status = status;
  };

  Session.prototype.setScore = function (percent) {
    if (!this.recording) return;
    this.set('cmi.core.score.min', 0);
    this.set('cmi.core.score.max', 100);
    this.set('cmi.core.score.raw', percent);
  };

  Session.prototype.score = function () {
    const recorded = parseFloat(this.get('cmi.core.score.raw'));
    return Number.isNaN(recorded) ? null : recorded;
  };

  Session.prototype.passMark = function (otherwise) {
    const mastery = parseFloat(this.get('cmi.student_data.mastery_score'));
    return Number.isNaN(mastery) ? otherwise : mastery;
  };

  Session.prototype.restore = function () {
    try {
      return JSON.parse(this.get('cmi.suspend_data')) || {};
    } catch (notOurs) {
      return {};
    }
  };

  Session.prototype.keep = function (place, data) {
    this.set('cmi.core.lesson_location', place);
    this.set('cmi.suspend_data', JSON.stringify(data));
  };

  Session.prototype.recordAnswer = function (answer) {
    const count = parseInt(this.get('cmi.interactions._count'), 10);
    if (!this.recording || Number.isNaN(count)) return;
    const row = 'cmi.interactions.' + count + '.';
    this.set(row + 'id', answer.id);
    this.set(row + 'type', answer.type);
    this.set(row + 'time', timeOfDay(answer.shownAt));
    this.set(row + 'correct_responses.0.pattern', answer.correct.join(','));
    this.set(row + 'weighting', answer.weighting);
    this.set(row + 'student_response', answer.given.join(','));
    this.set(row + 'result', answer.isCorrect ? 'correct' : 'wrong');
    this.set(row + 'latency', timespan(Date.now() - answer.shownAt.getTime()));
  };

  Session.prototype.commit = function () {
    if (!this.open) return;
    this.set('cmi.core.session_time', timespan(Date.now() - this.started));
    this.onTrouble(this.api.LMSCommit('') !== 'true');
  };

  Session.prototype.finish = function () {
    if (!this.open) return;
    this.set('cmi.core.exit', this.isDone() ? '' : 'suspend');
    this.set('cmi.core.session_time', timespan(Date.now() - this.started));
    this.api.LMSCommit('');
    this.api.LMSFinish('');
    this.open = false;
  };

  window.Academy = { Session: Session };
})();
