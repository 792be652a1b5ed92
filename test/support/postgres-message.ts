/** Encodes a message of PostgreSQL's protocol. Each character of the body is one byte. */
export function messageOf(type: string, body: string): Buffer {
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(4 + body.length, 1);
  return Buffer.concat([head, Buffer.from(body, 'latin1')]);
}
