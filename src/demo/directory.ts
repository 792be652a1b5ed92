/** Ids with a prefix: on a database with real people in it they must not be anybody's. */
const ADA = 'demo-ada';
const BEN = 'demo-ben';

/** A person of the demo. `note` says what they are there to show. */
export type DemoUser = (typeof DEMO_USERS)[number];

/** The people who can sign in. */
export const DEMO_USERS = [
  {
    id: ADA,
    email: 'ada@example.org',
    fullName: 'Ada Lovelace',
    locale: 'en',
    isOperator: true,
    note: {
      en: 'sells tickets at Red Stage, sees the orders of Blue Hall, owns the demo app, operates the platform',
      de: 'verkauft Karten bei Rote Bühne, sieht die Bestellungen von Blauer Saal, besitzt die Demo-App, betreibt die Plattform',
    },
  },
  {
    id: BEN,
    email: 'ben@example.org',
    fullName: 'Ben Nevis',
    locale: 'de',
    isOperator: false,
    note: {
      en: 'runs Blue Hall, looks after the door of Green Arena, reads German',
      de: 'leitet Blauer Saal, betreut den Einlass von Grüne Arena, liest Deutsch',
    },
  },
];

/** A tenant of the demo platform. Members of its teams are IDs of users; a team is for all events by default. */
export type DemoOrganizer = (typeof DEMO_ORGANIZERS)[number];

/** Three organizers; each user belongs to two of them, with different permissions. */
export const DEMO_ORGANIZERS = [
  {
    slug: 'redstage',
    name: { en: 'Red Stage', de: 'Rote Bühne' },
    teams: [
      {
        id: 'demo-redstage-box-office',
        name: 'Box office',
        permissions: ['can_view_orders', 'can_change_orders', 'can_view_vouchers'],
        members: [ADA],
      },
    ],
  },
  {
    slug: 'bluehall',
    name: { en: 'Blue Hall', de: 'Blauer Saal' },
    teams: [
      {
        id: 'demo-bluehall-reports',
        name: 'Reports',
        permissions: ['can_view_orders'],
        members: [ADA],
      },
      {
        id: 'demo-bluehall-fair',
        name: 'Spring Fair',
        permissions: ['can_change_orders'],
        limitEvents: ['spring-fair'],
        members: [ADA],
      },
      {
        id: 'demo-bluehall-management',
        name: 'Management',
        permissions: [
          'can_create_events',
          'can_change_event_settings',
          'can_change_product_settings',
          'can_view_orders',
          'can_change_orders',
          'can_view_vouchers',
          'can_change_vouchers',
        ],
        members: [BEN],
      },
    ],
  },
  {
    slug: 'greenarena',
    name: { en: 'Green Arena', de: 'Grüne Arena' },
    teams: [
      {
        id: 'demo-greenarena-door',
        name: 'Door',
        permissions: ['can_view_orders', 'can_view_vouchers'],
        members: [BEN],
      },
    ],
  },
];
