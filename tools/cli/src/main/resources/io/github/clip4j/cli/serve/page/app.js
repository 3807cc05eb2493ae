// The page of clip serve: what is asked is in the address, so that going back works; what is answered is drawn below.

const byId = id => document.getElementById(id);
const form = byId('query'), text = byId('text'), go = byId('go'), results = byId('results'), viewer = byId('viewer');

const MODES = {
  search: {
    hint: 'Describe what the pictures should show, or give one that they should be like, or both.',
    label: 'What to look for', placeholder: 'an airport with two runways', go: 'Search', busy: 'Searching…', run: search,
    empty: 'The images that fit best will be here.',
  },
  classify: {
    hint: 'Give an image and what it may show; the answer is how well each label fits.',
    label: 'Labels, separated by commas', placeholder: 'beach, forest, airport', go: 'Classify', busy: 'Classifying…',
    run: classify, empty: 'How well each label fits the image will be here.',
  },
  find: {
    hint: 'Give an image and what to find in it; large images are looked at piece by piece.',
    label: 'What to find', placeholder: 'storage tanks', go: 'Find', busy: 'Looking at the image piece by piece…', run: find,
    empty: 'A map of where it is will be here.',
  },
  explain: {
    hint: 'Give an image and what it is said to show; the answer is which places and which words speak for it.',
    label: 'What it is said to show', placeholder: 'waves on a beach', go: 'Explain', busy: 'Looking for reasons…', run: explain,
    empty: 'The places and words that speak for it will be here.',
  },
};
/** How many images that fit some words a page can hold. */
const MAX_FITTING = 240;
/** By ending, for files whose type the browser does not know. */
const TYPES = {jpg: 'jpeg', jpeg: 'jpeg', png: 'png', gif: 'gif', bmp: 'bmp', tif: 'tiff', tiff: 'tiff', webp: 'webp'};

let info = null;
/** The image of the query: {file} from this machine, {id, name} of the index, or null. */
let image = null;
/** Whether a search by words lists what is nearest, whether it fits or not. */
let nearest = false;
/** Files that were asked about, by the number that the browser's history has for each. */
const uploads = [];
let running = null;
let shown = null;

class Failure extends Error {}

/** An element with properties and children; texts are texts, never markup. */
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (e) {
    throw e.name === 'AbortError' ? e : new Failure('The server does not answer. Is it still running?');
  }
  if (response.status === 401) {
    await login();
    return call(path, options);
  }
  const answer = await response.json().catch(() => ({error: `The server answered ${response.status}.`}));
  if (!response.ok) {
    throw new Failure(answer.error);
  }
  return answer;
}

/** Asks for the token until it is right. */
function login() {
  const dialog = byId('login');
  if (!dialog.open) {
    dialog.showModal();
  }
  return new Promise(resolve => {
    byId('login-form').onsubmit = async event => {
      event.preventDefault();
      const response = await fetch('api/login', post({token: byId('token').value})).catch(() => null);
      byId('token').value = '';
      byId('login-error').hidden = response?.ok ?? false;
      byId('login-error').textContent = response ? 'This is not the token.' : 'The server does not answer.';
      if (response?.ok) {
        dialog.close();
        resolve();
      }
    };
  });
}

function post(body) {
  return {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)};
}

/** Sends the image of the query, if it is a file, with the options in the address, or else everything as JSON. */
function ask(path, options, idOptions) {
  const signal = running.signal;
  if (!image?.file) {
    return call(path, {...post({...options, ...idOptions}), signal});
  }
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(options)) {
    [value].flat().forEach(each => parameters.append(name, each));
  }
  const headers = {'Content-Type': imageType(image.file)};
  return call(`${path}?${parameters}`, {method: 'POST', headers, body: image.file, signal});
}

/** What the file says it is, or undefined if that is no image. */
function imageType(file) {
  const known = TYPES[file.name.split('.').pop().toLowerCase()];
  return file.type.startsWith('image/') ? file.type : known && `image/${known}`;
}

async function search(words) {
  if (!words && !image) {
    throw new Failure('Type what to look for, or add an image.');
  }
  const fitting = words && !image && !nearest;
  const collapse = byId('collapse').checked;
  const answer = await ask('api/search',
      {...(words && {texts: [words]}), ...(fitting && {minRelevance: info.minRelevance, top: MAX_FITTING}),
        ...(collapse && {collapse})},
      image ? {images: [image.id]} : {});
  const count = answer.hits.length;
  say(count ? `${count} image${count > 1 ? 's' : ''}, best first, in ${answer.milliseconds} ms` : '');
  const drawn = element('div', {}, count ? grid(answer.hits)
      : empty(info.images ? `Nothing here fits “${words}”.` : 'There are no images here yet.'));
  if (fitting && info.images) {
    const more = element('button', {type: 'button', id: 'nearest'},
        count ? 'Show what is nearest, also if it does not fit' : 'Show what is nearest');
    more.onclick = () => {
      nearest = true;
      remember();
      run();
    };
    drawn.append(element('p', {className: 'more'}, more));
  }
  return drawn;
}

function grid(hits) {
  return element('ul', {className: 'grid'}, ...hits.map(hit => {
    const name = fileName(hit.path);
    const button = element('button', {type: 'button', className: 'hit', title: name},
        element('img', {src: `api/images/${hit.id}/thumbnail`, alt: '', loading: 'lazy', width: 256, height: 256}),
        element('span', {className: 'name'}, name),
        element('span', {className: 'score'}, `score ${hit.score.toFixed(3)}${hit.others ? ` · +${hit.others.length}` : ''}`));
    button.onclick = () => view(hit);
    return element('li', {}, button);
  }));
}

async function classify(words) {
  requireImage();
  const labels = words.split(',').map(label => label.trim()).filter(Boolean);
  if (!labels.length) {
    throw new Failure('Type labels, separated by commas.');
  }
  const answer = await ask('api/classify', {labels}, {image: image.id});
  say(`Most likely: ${answer.predictions[0].label}`);
  return sheet(picture(), bars(answer.predictions.map(prediction => ({name: prediction.label,
    part: prediction.probability, value: percent(prediction.probability)}))));
}

/** Names with their values, and how much of a bar is full. */
function bars(rows) {
  return element('ol', {className: 'bars'}, ...rows.map(({name, part, value}) => {
    const bar = element('i', {});
    bar.style.width = `${100 * part}%`;
    return element('li', {}, element('b', {}, name), element('span', {className: 'share'}, value),
        element('span', {className: 'track', ariaHidden: 'true'}, bar));
  }));
}

async function find(words) {
  requireImage();
  if (!words) {
    throw new Failure('Type what to find in the image.');
  }
  const answer = await ask('api/find', {text: words}, {image: image.id});
  say(`The ${answer.boxes.length} best places in ${answer.width} × ${answer.height} pixels`);
  const map = element('img', {src: answer.heatMap, alt: `Heat map of where “${words}” is, the best places framed and numbered`});
  return sheet(map, element('ol', {className: 'boxes'}, ...answer.boxes.map((box, i) => element('li', {},
      element('b', {}, `${i + 1}`),
      element('span', {className: 'place'}, `x ${box.x}, y ${box.y}, ${box.width} × ${box.height} px`),
      element('span', {}, percent(box.score))))));
}

async function explain(words) {
  requireImage();
  if (!words) {
    throw new Failure('Type what the image is said to show.');
  }
  const answer = await ask('api/explain', {text: words}, {image: image.id});
  say(`The cosine of image and text is ${answer.cosine.toFixed(3)}, to which each word adds:`);
  const map = element('img', {src: answer.heatMap, alt: `Heat map of what in the image speaks for “${words}”, the best places framed and numbered`});
  const most = Math.max(...answer.words.map(word => word.omission), 1e-9);
  return sheet(map, bars(answer.words.map(word => ({name: word.text, part: Math.max(0, word.omission / most),
    value: `${word.omission < 0 ? '−' : '+'}${Math.abs(word.omission).toFixed(3)}`}))));
}

function requireImage() {
  if (!image) {
    throw new Failure('Add an image: drop it, paste it or choose a file.');
  }
}

function sheet(left, right) {
  return element('div', {className: 'sheet'}, left, right);
}

/** The image of the query, as large as there is room; not all formats can be shown. */
function picture() {
  const made = element('img', {alt: `The image: ${image.name ?? image.file.name}`, src: source(image, '')});
  made.onerror = () => made.replaceWith(empty('The browser cannot show this format.'));
  return made;
}

function source(picked, size) {
  return picked.file ? picked.address ??= URL.createObjectURL(picked.file) : `api/images/${picked.id}${size}`;
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}

function fileName(path) {
  return path.split(/[/\\]/).pop();
}

function empty(message) {
  return element('p', {className: 'empty'}, message);
}

function say(message, busy = false) {
  byId('status').textContent = message;
  byId('status').classList.toggle('busy', busy);
}

function complain(message) {
  byId('error').hidden = !message;
  byId('error').textContent = message;
}

function view(hit) {
  shown = {id: hit.id, name: fileName(hit.path)};
  const large = byId('viewer-image');
  large.onerror = () => {
    large.onerror = null;
    large.src = `api/images/${hit.id}/thumbnail`;
  };
  large.src = `api/images/${hit.id}`;
  large.alt = shown.name;
  byId('viewer-name').textContent = shown.name;
  byId('viewer-path').textContent = `${hit.path}, ${hit.width} × ${hit.height} pixels, score ${hit.score.toFixed(3)}`;
  viewer.showModal();
}

function mode() {
  return form.elements.mode.value;
}

function showMode() {
  const current = MODES[mode()];
  byId('hint').textContent = current.hint;
  byId('text-label').textContent = current.label;
  text.placeholder = `such as: ${current.placeholder}`;
  go.textContent = current.go;
  byId('collapse-field').hidden = mode() !== 'search';
}

/** Makes a file the image of the query, if it can be. */
function pickFile(file) {
  if (!imageType(file)) {
    complain(`${file.name} is not an image; expected JPEG, PNG, GIF, BMP, TIFF or WebP.`);
  } else if (file.size > info.limits.bodyBytes) {
    complain(`${file.name} has ${file.size} bytes, more than the server's limit of ${info.limits.bodyBytes}.`);
  } else {
    complain('');
    pick({file});
  }
}

/** Makes an image that of the query; null for none. */
function pick(picked) {
  image = picked;
  const preview = byId('preview');
  preview.hidden = !picked;
  if (picked) {
    preview.onerror = () => { preview.hidden = true; };
    preview.src = source(picked, '/thumbnail');
  }
  byId('picked').textContent = picked ? picked.name ?? picked.file.name : 'Drop or paste an image here';
  byId('remove').hidden = !picked;
}

/** Answers what the form asks. */
async function run() {
  running?.abort();
  const mine = running = new AbortController();
  const current = MODES[mode()];
  complain('');
  say(current.busy, true);
  results.ariaBusy = 'true';
  try {
    const drawn = await current.run(text.value.trim());
    if (mine === running) {
      results.replaceChildren(drawn);
    }
  } catch (e) {
    if (mine === running) {
      say('');
      results.replaceChildren();
      complain(e instanceof Failure ? e.message : `The page has a fault: ${e.message}`);
    }
  } finally {
    if (mine === running) {
      byId('status').classList.remove('busy');
      results.ariaBusy = 'false';
    }
  }
}

/** Puts what is asked into the address, as a step to go back to. */
function remember() {
  const parameters = new URLSearchParams({mode: mode(), q: text.value.trim()});
  if (image?.id) {
    parameters.set('image', image.id);
    parameters.set('name', image.name);
  }
  if (nearest) {
    parameters.set('nearest', '1');
  }
  if (byId('collapse').checked && mode() === 'search') {
    parameters.set('collapse', '1');
  }
  const upload = image?.file ? uploads.push(image) - 1 : null;
  const address = `?${parameters}`;
  if (address !== location.search || upload !== null) {
    history.pushState({upload}, '', address);
  }
}

/** Makes the form and the results what the address says. */
function restore() {
  const parameters = new URLSearchParams(location.search);
  const wanted = parameters.get('mode');
  form.elements.mode.value = MODES[wanted] ? wanted : info.images === null ? 'classify' : 'search';
  text.value = parameters.get('q') ?? '';
  nearest = parameters.has('nearest');
  byId('collapse').checked = parameters.has('collapse');
  const upload = uploads[history.state?.upload];
  const id = parameters.get('image');
  pick(upload ?? (id && /^[0-9a-f]{32}$/.test(id) ? {id, name: parameters.get('name') ?? id} : null));
  showMode();
  viewer.close();
  if (text.value && (mode() === 'search' || image) || mode() === 'search' && image) {
    run();
  } else {
    running?.abort();
    running = null;
    say('');
    results.replaceChildren(empty(MODES[mode()].empty));
  }
}

function dropped(event) {
  event.preventDefault();
  byId('drop').classList.remove('over');
  const file = (event.dataTransfer ?? event.clipboardData).files[0];
  if (file) {
    pickFile(file);
  }
}

form.addEventListener('submit', event => {
  event.preventDefault();
  nearest = false;
  remember();
  run();
});
form.addEventListener('change', event => {
  if (event.target.name === 'mode') {
    running?.abort();
    running = null;
    showMode();
    complain('');
    say('');
    results.ariaBusy = 'false';
    results.replaceChildren(empty(MODES[mode()].empty));
  }
});
byId('collapse').addEventListener('change', () => {
  if (text.value.trim() || image) {
    remember();
    run();
  }
});
byId('file').addEventListener('change', event => {
  if (event.target.files[0]) {
    pickFile(event.target.files[0]);
  }
  event.target.value = '';
});
byId('remove').addEventListener('click', () => pick(null));
document.addEventListener('dragover', event => {
  event.preventDefault();
  byId('drop').classList.add('over');
});
document.addEventListener('dragleave', event => {
  if (!event.relatedTarget) {
    byId('drop').classList.remove('over');
  }
});
document.addEventListener('drop', dropped);
document.addEventListener('paste', event => {
  if (event.clipboardData.files.length) {
    dropped(event);
  }
});
byId('viewer-close').addEventListener('click', () => viewer.close());
viewer.addEventListener('click', event => {
  const wanted = event.target.dataset.mode;
  if (event.target === viewer) {
    viewer.close();
  } else if (wanted) {
    form.elements.mode.value = wanted;
    showMode();
    pick(shown);
    text.value = wanted === 'explain' ? text.value : ''; // why it was found by these words
    viewer.close();
    text.focus();
    results.replaceChildren(empty(MODES[wanted].empty));
    say('');
    if (wanted === 'search' || wanted === 'explain' && text.value) {
      nearest = false;
      remember();
      run();
    }
  }
});
byId('login').addEventListener('cancel', event => event.preventDefault());
addEventListener('popstate', restore);

async function start() {
  try {
    info = await call('api/info');
  } catch (e) {
    complain(e.message);
    return;
  }
  const searchable = info.images !== null;
  byId('about').textContent = searchable ? `${info.images.toLocaleString('en')} images, ${info.model}` : info.model;
  form.elements.mode[0].disabled = !searchable;
  restore();
  text.focus();
}

start();
