// What every page may use. Scripts only improve: each journey works without them.
import {
  Button, CharacterCount, Checkboxes, createAll, ErrorSummary, FileUpload, NotificationBanner,
  PasswordInput, ServiceNavigation, SkipLink, Tabs,
} from "govuk-frontend";
import { MultiSelect } from "@ministryofjustice/frontend/moj/components/multi-select/multi-select.mjs";
import { SortableTable } from "@ministryofjustice/frontend/moj/components/sortable-table/sortable-table.mjs";
import { foldOnPhones } from "./parts/fold.js";
import { offerPrinting } from "./parts/printing.js";
import { SpokenAccordion, SpokenRadios } from "./parts/spoken.js";
import { tellSelfTest } from "./parts/selftest.js";

// The libraries look for these on the body; js/early.js has set them for the style sheet.
document.body.classList.add("js-enabled", "govuk-frontend-supported");

for (const Component of [
  SpokenAccordion, SpokenRadios, Button, CharacterCount, Checkboxes, ErrorSummary, FileUpload,
  MultiSelect, NotificationBanner, PasswordInput, ServiceNavigation, SkipLink, SortableTable, Tabs,
]) {
  createAll(Component);
}
foldOnPhones();
offerPrinting();
tellSelfTest();
