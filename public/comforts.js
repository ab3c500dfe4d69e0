// Small comforts for pages that work without them. Whatever goes wrong here, the browser does what it would by itself.

/** What follows from a form that is answered in its page, besides elements with `data-live` and an id. */
const PARTS = ['#main', '.masthead__links'];

/** How long somebody pauses who has finished typing, in milliseconds. */
const PAUSE_MS = 250;

/** Answers come in the order in which the forms were sent: the last one is what the page shows. */
let sent = Promise.resolve();

const said = document.createElement('p');
said.className = 'unseen';
said.ariaLive = 'polite';
document.body.append(said);

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!form.matches('[data-in-place]')) return;
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  // Enter both changes a field and submits its form, at once.
  if (form.dataset.sent === `${body}`) return;
  form.dataset.sent = body;
  setTimeout(() => delete form.dataset.sent);
  sent = sent.then(() => answerInPlace(form, body)).catch(() => form.submit());
});

document.addEventListener('change', ({ target }) => {
  if (target.matches('[data-in-place] input')) target.form.requestSubmit();
});

async function answerInPlace(form, body) {
  document.querySelector('#main').ariaBusy = 'true';
  const response = await fetch(form.action, { method: 'POST', body });
  const { pathname } = new URL(response.url);
  if (!response.ok) throw new Error(`answered with ${response.status}`);
  // The session has ended meanwhile.
  if (pathname !== location.pathname) return location.assign(response.url);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const focused = document.activeElement;
  const live = [...document.querySelectorAll('[data-live]')].map(({ id }) => `#${id}`);
  for (const part of [...PARTS, ...live]) {
    const next = page.querySelector(part);
    if (next) document.querySelector(part)?.replaceWith(next);
  }
  if (focused === document.body || !focused.isConnected) {
    (counterpartOf(focused) ?? document.querySelector('#main')).focus();
  }
  const summary = document.querySelector('[data-summary]')?.innerText ?? document.title;
  said.textContent = summary.replaceAll(/\s+/g, ' ');
}

/** What stands in the page now for what had the focus: by its id, or by what it says. */
function counterpartOf({ id, localName, textContent }) {
  if (id) return document.getElementById(id);
  const alike = [...document.querySelectorAll(localName)];
  return alike.find(
    (element) => element.matches('a, button') && element.textContent === textContent,
  );
}

const cookiesBlocked = document.querySelector('#cookies-blocked');
if (cookiesBlocked) cookiesBlocked.hidden = navigator.cookieEnabled;

let typing;

document.addEventListener('input', ({ target }) => {
  const strength = document.querySelector(`output[for="${target.id}"]`);
  if (!strength) return;
  clearTimeout(typing);
  typing = setTimeout(() => void judge(target, strength), PAUSE_MS);
});

/** Says how good a password is that is being chosen; while that can't be told, nothing. */
async function judge(field, strength) {
  const { form, value } = field;
  const button = form.querySelector('[formaction="/password/strength"]');
  const answer = await ask(button.formAction, new URLSearchParams(new FormData(form)));
  // Something else has been typed meanwhile.
  if (field.value !== value) return;
  strength.dataset.level = answer?.level ?? '';
  strength.textContent = answer ? `${answer.verdict}. ${answer.explanation}` : '';
}

async function ask(url, body) {
  try {
    const headers = { accept: 'application/json' };
    const response = await fetch(url, { method: 'POST', body, headers });
    return response.ok ? await response.json() : null;
  } catch {
    return null;
  }
}
