// <details data-fold="phone"> is open in the page, so that nothing is hidden without a
// script; on a narrow screen it starts folded, so that the list is seen before its filter.
export function foldOnPhones() {
  if (window.matchMedia("(min-width: 40.0625em)").matches) return;
  for (const details of document.querySelectorAll('details[data-fold="phone"]')) {
    details.open = false;
  }
}
