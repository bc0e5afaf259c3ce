"""Lists of open orders by Python's http.server: the path says how. Prints the port; ends when stdin closes."""
import email.utils
import gzip
import json
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse


def orders(user):
    return json.dumps({"data": [{
        "hash": "0x1" + format(n, "063x"), "user_address": user, "base_token": "0x" + 40 * "0", "asset": "btcusd",
        "amount": "1000000000", "price": "10000000000000", "side": n % 2 == 0, "nonce": n, "leverage": "1000000000", "closing_order": False,
        "remaining_amount": "900000000", "closed": False, "stop": False, "stop_price": "0", "stopped": False, "is_market": False,
        "post_only": False, "decimals": 2, "amount_dec": 4, "margin_currency_symbol": "USDC", "created_at": "2024-01-15T10:30:00Z",
    } for n in range(300)], "success": True}).encode()


class Lists(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, headers, body=b"", length=True):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def chunk(self, part):
        self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def do_GET(self):
        url = urlparse(self.path)
        body = orders(parse_qs(url.query)["user"][0])
        kind = {"Content-Type": "application/json"}
        chunked = {**kind, "Transfer-Encoding": "chunked"}
        if url.path == "/plain":
            self.answer(200, kind, body)
        elif url.path in ("/chunked", "/cut-chunked"):
            self.answer(200, chunked, length=False)
            end = len(body) if url.path == "/chunked" else len(body) // 2
            for at in range(0, end, 997):
                self.chunk(body[at:min(at + 997, end)])
            if url.path == "/chunked":
                self.wfile.write(b"0\r\n\r\n")
            self.close_connection = True
        elif url.path == "/gzip":
            self.answer(200, {**kind, "Content-Encoding": "gzip"}, gzip.compress(body))
        elif url.path == "/zstd":
            self.answer(200, {**kind, "Content-Encoding": "zstd"}, body)
        elif url.path == "/redirect":
            self.answer(301, {"Location": "/plain?" + url.query})
        elif url.path == "/429":
            self.answer(429, {"Retry-After": "7"})
        elif url.path == "/503":
            self.answer(503, {"Retry-After": email.utils.formatdate(time.time() + 3600, usegmt=True)}, b"<html>busy</html>")
        elif url.path == "/html":
            self.answer(200, {"Content-Type": "text/html"}, b"<html><body>Log in</body></html>")
        elif url.path == "/unlabeled":
            self.answer(200, {}, b"<html><body>Log in</body></html>")
        elif url.path == "/cut":
            self.answer(200, {**kind, "Content-Length": str(len(body))}, body[:len(body) // 2], length=False)
            self.close_connection = True
        elif url.path == "/closed":
            self.close_connection = True
        elif url.path == "/never":
            self.answer(200, {**kind, "Content-Length": str(len(body))}, body[:100], length=False)
            threading.Event().wait(600)
        else:
            self.answer(404, {})

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Lists)
server.daemon_threads = True
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
