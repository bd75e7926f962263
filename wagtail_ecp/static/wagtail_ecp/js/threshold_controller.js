(() => {
  // A slider beside the number that is sent; each moves the other and the line.
  class ThresholdController extends window.StimulusModule.Controller {
    static targets = ['slider', 'range', 'number', 'line', 'answer'];

    connect() {
      this.sliderTarget.hidden = false;
      this.type();
    }

    slide() {
      this.numberTarget.value = this.rangeTarget.value;
      this.draw();
    }

    type() {
      const { value, validity } = this.numberTarget;
      if (value === '' || !validity.valid) return;
      this.rangeTarget.value = value;
      this.draw();
    }

    draw() {
      if (this.hasLineTarget) {
        this.lineTarget.setAttribute('x1', this.rangeTarget.value);
        this.lineTarget.setAttribute('x2', this.rangeTarget.value);
      }
      this.say();
    }

    answerTargetConnected() {
      this.say();
    }

    // What the value means, as long as that is known; else the number alone.
    say() {
      const answer = this.hasAnswerTarget ? this.answerTarget.dataset : {};
      if (answer.threshold === this.rangeTarget.value) {
        this.rangeTarget.setAttribute('aria-valuetext', answer.words);
      } else {
        this.rangeTarget.removeAttribute('aria-valuetext');
      }
    }
  }

  window.wagtail.app.register('ecp-threshold', ThresholdController);
})();
