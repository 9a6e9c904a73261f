/* Builds one page of the lesson: text with its picture, a question of the test, the result, the end. */
(function () {
  'use strict';

  const { make, paving, renderBlock, renderQuestion } = window.Academy;

  function heading(level, options) {
    return make(level, options);
  }

  function fill(sentence, values) {
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name]);
  }

  function figure(lesson, picture) {
    const svg = paving(lesson.pictures[picture.name], picture.alt);
    const caption = picture.caption ? [make('figcaption', { html: picture.caption })] : [];
    return make('figure', {}, [svg, ...caption]);
  }

  function ask(question, title, context) {
    const { memory, words, acts } = context;
    return renderQuestion(question, {
      words: words,
      heading: title,
      given: memory.given(question),
      checked: memory.checked.has(question.id),
      onChoose: (given) => acts.choose(question, given),
      onCheck: (given) => acts.check(question, given),
    });
  }

  function selfCheck(question, context) {
    return make('section', { class: 'self-check' }, [
      make('p', { class: 'part', text: context.words.selfCheck }),
      ask(question, make('h2', { html: question.text }), context),
    ]);
  }

  function textPage(page, context) {
    const part = context.lesson.parts[page.part];
    const body = make('div', { class: 'text' }, (page.blocks || []).map(renderBlock));
    if (page.question) body.append(selfCheck(page.question, context));
    const title = heading('h1', { tabindex: '-1', html: page.title });
    const head = make('div', { class: 'head' }, part ? [make('p', { class: 'part', text: part }), title] : [title]);
    const children = page.picture ? [head, figure(context.lesson, page.picture), body] : [head, body];
    const kind = page.isCover ? 'page cover' : page.picture ? 'page pictured' : 'page';
    return make('article', { class: kind }, children);
  }

  function questionPage(page, context) {
    const { memory, words } = context;
    const place = fill(words.questionOf, { number: page.number, total: memory.scored.length });
    const title = heading('h1', { tabindex: '-1', html: page.question.text });
    return make('article', { class: 'page asked' }, [
      make('p', { class: 'part', text: place }),
      ask(page.question, title, context),
    ]);
  }

  function questionLine(question, index, context) {
    const { memory, words, acts } = context;
    const state = !memory.checked.has(question.id) ? 'open' : memory.isRight(question) ? 'right' : 'wrong';
    const label = { open: words.notAnswered, right: words.right, wrong: words.wrong }[state];
    const button = make('button', { type: 'button', class: 'link', html: index + 1 + '. ' + question.text });
    button.addEventListener('click', () => acts.go(question.id));
    return make('li', { class: state }, [button, make('span', { class: 'verdict', text: label })]);
  }

  function scoreLine(context) {
    const percent = context.memory.percent();
    const kind = percent >= context.passMark ? 'right' : 'wrong';
    const text = fill(context.words.percent, { value: percent });
    return make('p', { class: 'score ' + kind, 'data-test': 'score', text: text });
  }

  function resultSummary(context) {
    const { memory, words, passMark } = context;
    const left = memory.unanswered().length;
    if (left) {
      return [
        heading('h1', { tabindex: '-1', text: words.resultOpen }),
        make('p', { class: 'lead', 'data-test': 'unanswered', text: fill(words.leftToAnswer, { count: left }) }),
      ];
    }
    const passed = memory.best >= passMark;
    const isBest = memory.percent() === memory.best;
    const facts = { right: memory.rightCount(), total: memory.scored.length, mark: passMark, attempt: memory.attempt };
    return [
      heading('h1', { tabindex: '-1', text: passed ? words.passed : words.failed }),
      scoreLine(context),
      make('p', { class: 'lead', text: fill(words.resultFacts, facts) }),
      ...(isBest ? [] : [make('p', { text: fill(words.bestCounts, { value: memory.best }) })]),
      make('p', { text: passed ? words.passedNext : words.failedNext }),
    ];
  }

  function resultPage(context) {
    const { memory, words, acts } = context;
    const lines = memory.scored.map((question, index) => questionLine(question, index, context));
    const children = [
      make('div', { class: 'summary' }, resultSummary(context)),
      make('h2', { text: words.yourAnswers }),
      make('ol', { class: 'lines' }, lines),
    ];
    if (!memory.unanswered().length) {
      const retry = make('button', { type: 'button', class: 'secondary', 'data-test': 'retry', text: words.retry });
      retry.addEventListener('click', acts.retry);
      children.push(retry);
    }
    return make('article', { class: 'page result', 'data-test': 'result' }, children);
  }

  /* ending: 'endDone', 'endLater' or 'endUnsaved' */
  function endPage(context, ending, sentence) {
    const { words } = context;
    const again = make('button', { type: 'button', class: 'secondary', 'data-test': 'reopen', text: words.reopen });
    again.addEventListener('click', () => window.location.reload());
    return make('article', { class: 'page end', 'data-test': 'end' }, [
      heading('h1', { tabindex: '-1', text: words[ending] }),
      make('p', { class: 'lead', text: sentence }),
      again,
      figure(context.lesson, { name: context.lesson.pages[0].picture.name }),
    ]);
  }

  function renderPage(page, context) {
    if (page.isResult) return resultPage(context);
    if (page.number) return questionPage(page, context);
    return textPage(page, context);
  }

  function pageTitle(page, words) {
    if (page.isResult) return words.result;
    if (page.number) return fill(words.questionNumber, { number: page.number });
    return page.title;
  }

  Object.assign(window.Academy, { renderPage: renderPage, endPage: endPage, pageTitle: pageTitle, fill: fill });
})();
