import { createResourceServer } from '@stagedoor/resource-server';
import { decide } from '@stagedoor/resource-server/fetch';

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

export default {
  async fetch(request) {
    const { method } = request;
    const { pathname } = new URL(request.url);
    const [, organizer] = /^\/organizers\/([^/]+)\/orders$/.exec(pathname) ?? [];
    const isOfAll = method === 'GET' && pathname === '/orders';
    const isOfOne = ['GET', 'POST'].includes(method) && organizer !== undefined;
    if (!isOfAll && !isOfOne) {
      return Response.json({ detail: 'Not found.' }, { status: 404 });
    }

    // 2. The requirements of this request.
    const permission = { read: 'can_view_orders', write: 'can_change_orders' };
    const needs = isOfAll ? { organizer: null } : { organizer, permission };
    const { access, response } = await decide(stagedoor, request, needs);
    if (!access) {
      return response;
    }

    if (method === 'POST') {
      const order = { code: `N${orders.length}`, organizer };
      orders.push(order);
      return Response.json(order, { status: 201 });
    }
    // 3. The organizers that the token covers.
    const open = isOfAll ? access.organizersWith('can_view_orders') : [organizer];
    const results = orders.filter((order) => open.includes(order.organizer));
    return Response.json({ results });
  },
};
