// A venue by Node's "ws": confirms every cancel. Prints the port; ends when stdin closes.
// DMEX_NODE_MODULES names the folder with the package. With "fragment" as argument each reply goes in fragments with a ping in between.
import { createRequire } from 'node:module';
import path from 'node:path';

const require = createRequire(path.join(process.env.DMEX_NODE_MODULES, 'resolve.js'));
const { WebSocketServer } = require('ws');
const fragment = process.argv[2] === 'fragment';
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: true });

server.on('listening', () => console.log(server.address().port));
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    const message = JSON.parse(data.toString());
    if (isBinary || message.op !== 'cancel_order') {
      socket.send(data, { binary: isBinary });
      return;
    }
    const { order_hash, v, r, s } = message.data;
    if (data.toString() !== JSON.stringify({ op: 'cancel_order', data: { order_hash, v, r, s } })) {
      socket.close(1008, 'not what JSON.stringify gives');
      return;
    }
    const reply = JSON.stringify({ op: 'cancel_order', status: 'cancelled', data: { order_hash } });
    if (!fragment) {
      socket.send(reply);
      return;
    }
    socket.send(reply.slice(0, 10), { fin: false });
    socket.ping('between');
    socket.send(reply.slice(10, 11), { fin: false });
    socket.send(reply.slice(11), { fin: true });
  });
});
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
