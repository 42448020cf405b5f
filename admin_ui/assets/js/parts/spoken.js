// Two components of GOV.UK Frontend, each without the one attribute by which what is heard
// differs from what is seen, or from what ARIA knows.
import { Accordion, Radios } from "govuk-frontend";

// The name of a section's button is its visible words (WCAG 2.5.3): no label over them.
export class SpokenAccordion extends Accordion {
  setExpanded(expanded, section) {
    super.setExpanded(expanded, section);
    section.querySelector("button[aria-label]")?.removeAttribute("aria-label");
  }
}

// A radio button cannot be expanded (WAI-ARIA 1.2, 5.4): what it reveals comes right after it.
export class SpokenRadios extends Radios {
  syncConditionalRevealWithInputState(input) {
    super.syncConditionalRevealWithInputState(input);
    input.removeAttribute("aria-expanded");
  }
}
