/** Examples of the directory in the API description. */
export const EXAMPLES = {
  userBody: {
    email: 'ada@example.com',
    full_name: 'Ada Example',
    locale: 'en',
    timezone: 'Europe/Berlin',
    password: 'correct horse battery staple',
  },
  userChanges: { timezone: 'Europe/Vienna' },
  user: {
    id: 'ada',
    email: 'ada@example.com',
    full_name: 'Ada Example',
    locale: 'en',
    timezone: 'Europe/Berlin',
    is_active: true,
    is_operator: false,
  },
  organizerName: { name: { en: 'Old Mill', de: 'Alte Mühle' } },
  organizer: { slug: 'oldmill', name: { en: 'Old Mill', de: 'Alte Mühle' } },
  teamBody: {
    name: 'Box office',
    permissions: ['can_view_orders'],
    all_events: false,
    limit_events: ['spring-fair', 'summer-2027'],
    members: ['ada'],
  },
  team: {
    id: 'box-office',
    name: 'Box office',
    permissions: ['can_view_orders'],
    all_events: false,
    limit_events: ['spring-fair', 'summer-2027'],
    members: ['ada'],
  },
  bulkLine: { user: { id: 'ada', email: 'ada@example.com', full_name: 'Ada Example' } },
  bulkReportLine: { line: 1, user: 'ada', outcome: 'created' as const },
};
