// The window that Pro Santé Connect was opened in is of no use any more (accounts/psc/back.html): the page that waits goes on by itself.
window.close();
