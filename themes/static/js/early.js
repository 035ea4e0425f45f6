// Before the first paint: say that scripts run, so that what only serves without them stays hidden.
document.documentElement.classList.add("js");
