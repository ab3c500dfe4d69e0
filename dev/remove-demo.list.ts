/** What `npm run remove-demo` takes out of a checkout, and what it puts in place of it. Paths use slashes. */

/** Files that go. */
export const DELETED: readonly RegExp[] = [
  /^src\/(?:cart|catalog|demo|money|orders)\//,
  /^views\/(?:cart|how-it-works|inbox|order|orders|product|shop|source)\.hbs$/,
  /^views\/partials\/(?:behind-this-page|product|quantity|step)\.hbs$/,
  /^public\/products\//,
  /^public\/pictures\//,
  /^prisma\/migrations\/\d+_orders\//,
  /^docs\/(?:orders\.md|images\/)/,
  /^bench\//,
  /^test\/(?:bench\/|docs\/store-costs)/,
  /^test\/app\/(?:demo|how-it-works)\.test\.ts$/,
  /^test\/dev\/(?:demo|remove-demo)\.test\.ts$/,
];

/** The tables of the shop in migrations that make others, too. */
export const MIGRATED = /-- CreateTable\nCREATE TABLE "products" \([\s\S]*?\);\n\n/g;

/** Files that get another name. */
export const MOVED: readonly (readonly [from: string, to: string])[] = [
  ['dev/demo.ts', 'dev/start.ts'],
  ['e2e/shop.ts', 'e2e/visitor.ts'],
  ['test/app/shopper.ts', 'test/app/person.ts'],
];

/** Files whose words are their own. */
export const PRESERVED = /^package-lock\.json$|^LICENSE$|^dev\/(?:remove-demo|without-demo|rename)/;

const ALL = /^/;
const CODE = /^(?!.*\.md$)/;
const TESTS = /^(?:test|e2e|bench|dev)\//;
const BROWSER = /^e2e\//;
const START = /^dev\/demo\.ts$/;
const DOCUMENT = /\.md$/;

/** Words that stay in another form: in which files, what, and what for it. One after the other. */
export const REWORDED: readonly (readonly [where: RegExp, from: RegExp, to: string])[] = [
  [ALL, /tea for two at noon/g, 'a walk along the river'],
  [ALL, /tea for three at nine/g, 'a swim across the lake'],
  [ALL, /npm run demo -- --store/g, 'npm run start:dev -- --store'],
  [ALL, /npm run demo\b/g, 'npm run start:dev'],
  [CODE, /the demo's users and products/g, 'users to develop with'],
  [/^src\/config\/app-name\.ts$|^config\//, /Leaf & Kettle/g, 'Nest Session Starter'],
  [CODE, /<tea@localhost>/g, '<hello@localhost>'],
  [/^config\//, /\[leaf, kettle, /g, '['],
  [DOCUMENT, /\ba shop\b/g, 'an app'],
  [DOCUMENT, /no cart loses an item/g, 'no change is lost'],
  [DOCUMENT, /users, products(?:,| and) orders\b/g, 'users'],
  [DOCUMENT, /\{owner, cart, …\}/g, '{owner, …}'],
  [DOCUMENT, /200, the cart\b/g, '200, the page'],
  [DOCUMENT, /GET \/cart\b/g, 'GET /account'],
  [DOCUMENT, /next=%2Fcart\b/g, 'next=%2Faccount'],
  [DOCUMENT, /src\/cart\/cart\.session\.ts/g, 'src/flash/flash.session.ts'],
  [DOCUMENT, /as the demo, and starts anew/g, 'starts what is missing, and anew'],
  [DOCUMENT, /sessions, carts, who is logged in/g, 'sessions, who is logged in'],
  [DOCUMENT, /carts, user ids/g, 'user ids'],
  [CODE, /the demo’s/g, 'its'],
  [CODE, /users and products/g, 'users'],
  [START, /\bthe demo's own\b/g, 'its own'],
  [START, /\bthe demo\b/g, 'the program'],
  [START, /async function demo\(/g, 'async function start('],
  [START, /await demo\(/g, 'await start('],
  [START, /'Demo data'/g, "'Users'"],
  [TESTS, /the seed of the demo refuses/g, 'the seed refuses'],
  [TESTS, /in the demo it makes/g, 'elsewhere it makes'],
  [TESTS, /seed\('demo'\)/g, "seed('development')"],
  [TESTS, /, whose cart is the one of before,/g, ''],
  [TESTS, /data: \{ cart: 'none' \}/g, "data: 'none'"],
  [TESTS, /, '\/products\/tea\.svg'|'\/products\/', '\/products', /g, ''],
  [TESTS, /\/views\/cart\.hbs/g, '/views/login.hbs'],
  [TESTS, /product=tea&quantity=0&/g, 'name=x&'],
  [TESTS, /tea\+for\+two\+at\+noon/g, 'a+walk+along+the+river'],
  [CODE, /dev\/demo\b/g, 'dev/start'],
  [CODE, /NODE_ENV: 'demo'/g, "NODE_ENV: 'development'"],
  [CODE, /BEHIND_THIS_PAGE: 'false', |,? ?BEHIND_THIS_PAGE: 'false',?/g, ''],
  [/\.hbs$/, /^.*<img class="split__picture".*\n/gm, ''],
  [/\.hbs$/, /Go to the shop/g, 'Go to the first page'],
  [TESTS, /'\/cart\/items', \{ product: 'tea'/g, "'/account/name', { name: 'Joan'"],
  [TESTS, /%2Fcart\b/g, '%2Faccount'],
  [TESTS, /\/cart\b(?!\/items|\.)/g, '/account'],
  [TESTS, /Your cart\b/g, 'Your account'],
  [TESTS, /\bthe cart of before comes along/g, 'the session of before goes on'],
  [TESTS, /\bthe cart\b/g, 'the account'],
  [TESTS, /\bcart\b(?!['/])/g, 'page'],
  [TESTS, /\bShopper\b/g, 'Person'],
  [TESTS, /\bshopper\b/g, 'person'],
  [TESTS, /Somebody who shops over/g, 'Somebody who comes over'],
  [BROWSER, /\bShop\b/g, 'Visitor'],
  [BROWSER, /\bshop\b(?!\.example)(?! logs)(?!\.?')/g, 'visitor'],
  [BROWSER, /visitor\.js/g, 'visitor.js'],
  [ALL, /those who run this shop/g, 'those who run this app'],
  [CODE, /\bShop\b/g, 'App'],
  [CODE, /\bshop\b/g, 'app'],
];

/** Lines that become others. */
export const EDITED: Readonly<Record<string, readonly (readonly [from: string, to: string])[]>> = {
  '.oxlintrc.json': [[', "dev/without-demo"', '']],
  'tsconfig.json': [['"dev/without-demo", ', '']],
  'src/app.module.ts': [
    [
      "import { SignupModule } from './signup/signup.module.js';\n",
      "import { SignupModule } from './signup/signup.module.js';\nimport { WelcomeModule } from './welcome/welcome.module.js';\n",
    ],
    ['        AccountModule,\n', '        AccountModule,\n        WelcomeModule,\n'],
    [
      `{
            inject: [CONFIG, { token: BehindThisPage, optional: true }],
            useFactory: layout,
          }`,
      '{ useFactory: layout }',
    ],
  ],
  'src/app.session.ts': [
    ["import { cartInSession } from './cart/cart.session.js';\n", ''],
    [' ...cartInSession,', ''],
  ],
  'src/config/config.ts': [["'development', 'demo', 'test'", "'development', 'test'"]],
  'src/config/settings.ts': [['[leaf, kettle]', '[acme, rocket]']],
  'src/http/views.ts': [
    ["import { formatMoney, type Money } from '../money/money.js';\n\n", ''],
    ['  money: (money: Money) => formatMoney(money),\n', ''],
    ['`cart`, `layouts/page`', '`login`, `layouts/page`'],
  ],
  'src/session/session-data.ts': [['readonly cart: Cart', 'readonly notes: readonly string[]']],
  'src/mail/mail.module.ts': [[', for a demo,', ', while developing,']],
  'src/mail/folder.transport.ts': [
    [': for the demo, where they are shown as a page.', ': for who develops the program.'],
  ],
  'dev/named-servers.ts': [['Without it the demo starts', 'Without it, one is started:']],
  'dev/demo.ts': [
    ['const { demo: asked } = settings(env);', 'settings(env);'],
    ['    ...(asked.show_behind_this_page ? [`How it works  ${url}/how-it-works`] : []),\n', ''],
    ['? `${url}/inbox` :', "? env['MAIL_URL'] :"],
  ],
  'prisma/seed.ts': [[' users, ${PRODUCTS.length} products', ' users']],
  'config/server.yaml': [
    [
      '# production: nothing that only a demo may have. demo: shows the demo accounts. development: in between.',
      '# production: nothing that only its developers may have.',
    ],
    [
      'who has a session once something is in the cart:',
      'who has a session while a login waits for its second step:',
    ],
    [', and shows them all on /inbox: for a demo only.', ': never in production.'],
  ],
  'public/comforts.js': [[", '#behind-this-page'", '']],
  'views/layouts/page.hbs': [
    [': tea, and what it takes to make it well. A demo of Nest Session Starter.', ''],
  ],
};

/** What tells of the demo. */
export const MENTION =
  /cart|\bshop|checkout|catalog|\btea\b|kettle|sencha|\bdemo|how-it-works|behind.this.page|\/inbox|\/orders|\byour orders?\b|\border(?:ed|_lines)\b|\bproducts\b|\bproduct[:=]|money/i;
