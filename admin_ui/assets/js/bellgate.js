// What every page may use. Scripts only improve: each journey works without them.
import {
  Accordion, Button, CharacterCount, Checkboxes, createAll, ErrorSummary, FileUpload,
  NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink, Tabs,
} from "govuk-frontend";
import { MultiSelect } from "@ministryofjustice/frontend/moj/components/multi-select/multi-select.mjs";
import { SortableTable } from "@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs";
import { foldOnPhones } from "./parts/fold.js";
import { offerPrinting } from "./parts/printing.js";
import { tellSelfTest } from "./parts/selftest.js";

// The libraries look for these on the body; js/early.js has set them for the style sheet.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

// What is seen on a section's button must be what is heard (WCAG 2.5.3).
createAll(Accordion, { i18n: { showSectionAriaLabel: "Show", hideSectionAriaLabel: "Hide" } });
for (const Component of [
  Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload, MultiSelect,
  NotificationBanner, PasswordInput, Radios, ServiceNavigation, SkipLink, SortableTable, Tabs,
]) {
  createAll(Component);
}
foldOnPhones();
offerPrinting();
tellSelfTest();
