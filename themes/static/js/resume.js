// Sends again, once, the form that Pro Santé Connect interrupted (accounts/psc/resume.html). Without this script its button does.
document.querySelector("form[data-resume]")?.requestSubmit();
