const server = {
  client_id: 'Jw8kQ2nVxYb4Rz6LmT1cHs9D',
  name: 'Orders API',
  resources: ['https://api.example.com/orders'],
  require_audience: true,
  created_at: '2026-11-02T09:30:00.000Z',
};
const serverSecret = {
  id: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
  label: 'Orders API, second half of 2026',
  last_four: 'k4Tz',
  created_at: '2026-11-02T09:30:00.000Z',
  expires_at: '2027-06-30T22:00:00.000Z',
  last_used_at: null,
};

/** Examples for the description of the API. */
export const EXAMPLES = {
  resourceServerBody: {
    name: server.name,
    resources: server.resources,
    require_audience: server.require_audience,
  },
  resourceServerChanges: { require_audience: true },
  resourceServer: server,
  serverSecretBody: { label: serverSecret.label, expires_at: serverSecret.expires_at },
  serverSecret,
  addedServerSecret: { ...serverSecret, client_id: server.client_id, client_secret: 'sds_…' },
  registeredResourceServer: { ...server, client_secret: 'sds_…' },
};
