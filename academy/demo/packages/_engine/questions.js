/* Shows one question, marks it and explains the answer. */
(function () {
  'use strict';

  const { make } = window.Academy;

  function optionsOf(question, words) {
    if (question.kind !== 'truth') return question.options;
    return [{ id: 't', text: words.true }, { id: 'f', text: words.false }];
  }

  function isCorrect(question, given) {
    return [...given].sort().join() === [...question.correct].sort().join();
  }

  function hintOf(question, words) {
    return question.kind === 'several' ? words.chooseSeveral : words.chooseOne;
  }

  function verdictOf(question, option, given, words) {
    const right = question.correct.includes(option.id);
    const chosen = given.includes(option.id);
    if (chosen) return right ? ['right', words.chosenRight] : ['wrong', words.chosenWrong];
    return right ? ['missed', words.missed] : null;
  }

  function optionRow(question, option, view) {
    const input = make('input', {
      type: question.kind === 'several' ? 'checkbox' : 'radio',
      name: question.id,
      value: option.id,
      'data-test': 'option-' + option.id,
    });
    input.checked = view.given.includes(option.id);
    input.disabled = view.checked;
    const label = make('label', { class: 'option' }, [input, make('span', { html: option.text })]);
    const verdict = view.checked && verdictOf(question, option, view.given, view.words);
    if (verdict) {
      label.classList.add(verdict[0]);
      label.append(make('span', { class: 'verdict', text: verdict[1] }));
    }
    return label;
  }

  function feedback(question, view) {
    const right = isCorrect(question, view.given);
    return make('div', {
      class: 'box feedback ' + (right ? 'right' : 'wrong'),
      tabindex: '-1',
      'data-test': 'feedback',
      'data-result': right ? 'correct' : 'wrong',
    }, [
      make('p', { class: 'verdict-line', text: right ? view.words.right : view.words.wrong }),
      make('p', { html: right ? question.right : question.wrong }),
    ]);
  }

  function chosen(form) {
    return [...form.querySelectorAll('input:checked')].map((input) => input.value);
  }

  function checkRow(form, view) {
    const warning = make('p', { class: 'warning', role: 'alert', 'data-test': 'warning' });
    const button = make('button', { type: 'submit', class: 'primary', 'data-test': 'check', text: view.words.check });
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const given = chosen(form);
      if (given.length) view.onCheck(given);
      else warning.textContent = view.words.chooseFirst;
    });
    return make('div', { class: 'check' }, [button, warning]);
  }

  /* view: {words, given, checked, heading, onChoose(given), onCheck(given)} */
  function renderQuestion(question, view) {
    const hint = make('p', { class: 'hint', text: hintOf(question, view.words) });
    const legend = make('legend', {}, [view.heading]);
    const rows = optionsOf(question, view.words).map((option) => optionRow(question, option, view));
    const form = make('form', { class: 'question', 'data-test': 'question', 'data-question': question.id }, [
      make('fieldset', {}, [legend, hint, ...rows]),
    ]);
    form.addEventListener('change', () => view.onChoose(chosen(form)));
    form.append(view.checked ? feedback(question, view) : checkRow(form, view));
    return form;
  }

  Object.assign(window.Academy, { renderQuestion: renderQuestion, isCorrect: isCorrect });
})();
