// Lists of open orders by Node's http: the path says how. Prints the port; ends when stdin closes.
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';

function list(user) {
  const row = (n) => ({
    hash: '0x1' + n.toString(16).padStart(63, '0'), user_address: user, base_token: '0x' + '0'.repeat(40), asset: 'btcusd', amount: '1000000000',
    price: '10000000000000', side: n % 2 === 0, nonce: n, leverage: '1000000000', closing_order: false, remaining_amount: '900000000',
    closed: false, stop: false, stop_price: '0', stopped: false, is_market: false, post_only: false, decimals: 2, amount_dec: 4,
    margin_currency_symbol: 'USDC', created_at: '2024-01-15T10:30:00Z',
  });
  return JSON.stringify({ success: true, data: Array.from({ length: 300 }, (_, n) => row(n)) });
}

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://localhost');
  const body = list(url.searchParams.get('user'));
  const json = { 'Content-Type': 'application/json; charset=utf-8' };
  switch (url.pathname) {
    case '/plain':
      response.writeHead(200, { ...json, 'Content-Length': Buffer.byteLength(body) }).end(body);
      break;
    case '/chunked':
      response.writeHead(200, json);
      for (let at = 0; at < body.length; at += 1013) response.write(body.slice(at, at + 1013));
      response.end();
      break;
    case '/gzip':
      response.writeHead(200, { ...json, 'Content-Encoding': 'gzip' }).end(gzipSync(body));
      break;
    case '/zstd':
      response.writeHead(200, { ...json, 'Content-Encoding': 'zstd' }).end(body);
      break;
    case '/redirect':
      response.writeHead(302, { Location: '/plain?user=' + url.searchParams.get('user') }).end();
      break;
    case '/429':
      response.writeHead(429, { 'Retry-After': '7' }).end();
      break;
    case '/503':
      response.writeHead(503, { 'Retry-After': new Date(Date.now() + 3600e3).toUTCString() }).end('<html>busy</html>');
      break;
    case '/html':
      response.writeHead(200, { 'Content-Type': 'text/html' }).end('<html><body>Log in</body></html>');
      break;
    case '/unlabeled':
      response.writeHead(200).end('<html><body>Log in</body></html>');
      break;
    case '/cut':
      response.writeHead(200, { ...json, 'Content-Length': Buffer.byteLength(body) });
      response.write(body.slice(0, body.length / 2), () => response.destroy());
      break;
    case '/cut-chunked':
      response.writeHead(200, json);
      response.write(body.slice(0, body.length / 2), () => response.destroy());
      break;
    case '/closed':
      request.socket.destroy();
      break;
    case '/never':
      response.writeHead(200, json);
      response.write(body.slice(0, 100));
      break;
    default:
      response.writeHead(404).end();
  }
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit()).resume();
