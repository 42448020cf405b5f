// Runs before anything is drawn: parts that need a script are shown or folded from the start.
// The one script that is not deferred; without scripts every page works unfolded.
document.documentElement.classList.add("js-enabled", "govuk-frontend-supported");
