import { accessOf, createResourceServer } from '@stagedoor/resource-server';
import { guard } from '@stagedoor/resource-server/fastify';
import fastify from 'fastify';

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

// 2. The requirements of a route. 'organizer' is the name of its parameter.
const ordersOfOne = guard(stagedoor, {
  organizer: 'organizer',
  permission: { read: 'can_view_orders', write: 'can_change_orders' },
});
const ordersOfAll = guard(stagedoor, { organizer: null });

const app = fastify();
app.get('/orders', { onRequest: ordersOfAll }, async (request) => {
  // 3. The organizers that the token covers.
  const open = accessOf(request).organizersWith('can_view_orders');
  return { results: orders.filter(({ organizer }) => open.includes(organizer)) };
});
app.get('/organizers/:organizer/orders', { onRequest: ordersOfOne }, async (request) => {
  const { organizer } = request.params;
  return { results: orders.filter((order) => order.organizer === organizer) };
});
app.post('/organizers/:organizer/orders', { onRequest: ordersOfOne }, async (request, reply) => {
  const order = { code: `N${orders.length}`, organizer: request.params.organizer };
  orders.push(order);
  reply.code(201);
  return order;
});

await app.listen({ port: Number(process.env.PORT ?? 8000) });
