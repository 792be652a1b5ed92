import Router from '@koa/router';
import { accessOf, createResourceServer } from '@stagedoor/resource-server';
import { guard } from '@stagedoor/resource-server/koa';
import Koa from 'koa';

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

const router = new Router();
router.get('/orders', ordersOfAll, (ctx) => {
  // 3. The organizers that the token covers.
  const open = accessOf(ctx).organizersWith('can_view_orders');
  ctx.body = { results: orders.filter(({ organizer }) => open.includes(organizer)) };
});
router.get('/organizers/:organizer/orders', ordersOfOne, (ctx) => {
  const { organizer } = ctx.params;
  ctx.body = { results: orders.filter((order) => order.organizer === organizer) };
});
router.post('/organizers/:organizer/orders', ordersOfOne, (ctx) => {
  const order = { code: `N${orders.length}`, organizer: ctx.params.organizer };
  orders.push(order);
  ctx.status = 201;
  ctx.body = order;
});

new Koa().use(router.routes()).listen(process.env.PORT ?? 8000);
