/** A made-up order. */
export interface Order {
  readonly code: string;
  /** Slug of the event. */
  readonly event: string;
  readonly status: 'paid' | 'pending';
  readonly total: string;
  readonly datetime: string;
}

/** The orders of the demo API, in memory. */
export type Orders = ReturnType<typeof createOrders>;

/** Slugs of the events that every organizer has. */
const SPRING = 'spring-fair';
const SUMMER = 'summer-gala';

/** Orders that one organizer keeps; the oldest fall out. */
const LIMIT = 20;

/** Every organizer starts with two orders; new ones are forgotten at the next start. */
export function createOrders() {
  const placed = new Map<string, readonly Order[]>();
  const all = (organizer: string) => placed.get(organizer) ?? firstOrders(organizer);
  let count = 0;
  return {
    /** Returns the orders of all events of the organizer, or of one. */
    list: (organizer: string, event?: string) =>
      all(organizer).filter((order) => event === undefined || order.event === event),
    place: (organizer: string, event = SUMMER) => {
      count += 1;
      const order: Order = {
        event,
        code: `NEW${String(count).padStart(2, '0')}`,
        status: 'pending',
        total: '19.00',
        datetime: new Date().toISOString(),
      };
      placed.set(organizer, [...all(organizer), order].slice(-LIMIT));
      return order;
    },
  };
}

function firstOrders(organizer: string): readonly Order[] {
  const prefix = organizer.slice(0, 3).toUpperCase();
  return [
    {
      event: SPRING,
      code: `${prefix}7K`,
      status: 'paid',
      total: '42.00',
      datetime: '2030-05-01T19:30:00+02:00',
    },
    {
      event: SUMMER,
      code: `${prefix}9X`,
      status: 'pending',
      total: '23.50',
      datetime: '2030-05-02T11:05:00+02:00',
    },
  ];
}
