(() => {
  // Leaves in each rule the operators that its type takes, and hides the value where
  // none is needed. Without it all are offered, and the server says what does not fit.
  const WITHOUT_VALUE = [
    'today',
    'yesterday',
    'true',
    'false',
    'user-is-me',
    'user-is-nobody',
  ];

  class RulesController extends window.StimulusModule.Controller {
    static targets = ['row'];

    rowTargetConnected(row) {
      this.fitRow(row);
    }

    fit(event) {
      this.fitRow(event.target.closest('.ecp-rule'));
    }

    fitRow(row) {
      const [type, operator] = row.querySelectorAll('select');
      const takes = (type.selectedOptions[0]?.dataset.takes ?? '').split(' ');
      for (const option of operator.options) {
        option.hidden = takes[0] !== '' && !takes.includes(option.value);
        option.disabled = option.hidden;
      }
      if (operator.selectedOptions[0]?.disabled) [operator.value] = takes;
      const input = row.querySelector('input');
      input.hidden = WITHOUT_VALUE.includes(operator.value);
    }
  }

  window.wagtail.app.register('ecp-rules', RulesController);
})();
