import { createServer } from 'node:http';
import { createResourceServer } from '@stagedoor/resource-server';
import { admit } from '@stagedoor/resource-server/node';

const orders = [
  { code: 'R1', organizer: 'redstage' },
  { code: 'B1', organizer: 'bluehall' },
  { code: 'G1', organizer: 'greenarena' },
];

// 1. The authorization server, and the credentials of this service.
const stagedoor = createResourceServer({
  issuer: '{{issuer}}',
  clientId: process.env.STAGEDOOR_CLIENT_ID,
  clientSecret: process.env.STAGEDOOR_CLIENT_SECRET,
});

const server = createServer(async (request, response) => {
  const { method, url } = request;
  const [path] = url.split('?');
  const [, organizer] = /^\/organizers\/([^/]+)\/orders$/.exec(path) ?? [];
  const isOfAll = method === 'GET' && path === '/orders';
  const isOfOne = ['GET', 'POST'].includes(method) && organizer !== undefined;
  if (!isOfAll && !isOfOne) {
    send(response, 404, { detail: 'Not found.' });
    return;
  }

  // 2. The requirements of this request.
  const permission = { read: 'can_view_orders', write: 'can_change_orders' };
  const needs = isOfAll ? { organizer: null } : { organizer, permission };
  const access = await admit(stagedoor, request, response, needs);
  if (!access) {
    // The response has been sent.
    return;
  }

  if (method === 'POST') {
    const order = { code: `N${orders.length}`, organizer };
    orders.push(order);
    send(response, 201, order);
    return;
  }
  // 3. The organizers that the token covers.
  const open = isOfAll ? access.organizersWith('can_view_orders') : [organizer];
  const results = orders.filter((order) => open.includes(order.organizer));
  send(response, 200, { results });
});

function send(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}

server.listen(process.env.PORT ?? 8000);
