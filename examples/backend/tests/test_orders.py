"""The API from outside: a WSGI call, a document back."""

import io
import json
import tempfile
import unittest
from pathlib import Path

from api.application import Application
from api.auth import digest, partner
from services.orders import Orders

ORDER = {
    "customer": "ada@example.com",
    "lines": [{"sku": "sencha-100", "quantity": 2, "price_cents": 890}],
}


class OrdersTest(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.orders = Orders(Path(directory.name) / "orders.db")
        self.application = Application(self.orders)

    def call(self, method, path, body=b""):
        answer = {}
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        chunks = self.application(environ, lambda status, headers: answer.update(status=status))
        return answer["status"], json.loads(b"".join(chunks))

    def test_place_and_find(self):
        status, placed = self.call("POST", "/orders", json.dumps(ORDER).encode())
        self.assertEqual(status, "201 Created")
        self.assertEqual(placed["total_cents"], 1780)
        self.assertEqual(self.call("GET", f"/orders/{placed['id']}"), ("200 OK", placed))
        self.assertEqual(len(self.orders.of_customer("ada@example.com")), 1)

    def test_errors_are_json(self):
        self.assertEqual(self.call("POST", "/orders", b"{}")[0], "400 Bad Request")
        self.assertEqual(self.call("GET", "/orders/" + "0" * 32)[0], "404 Not Found")

    def test_auth(self):
        self.assertEqual(partner({"HTTP_X_API_KEY": "k"}, {"cafe": "k"}), "cafe")
        salt, first = digest(password="oolong")
        self.assertEqual(digest(password="oolong", salt=salt)[1], first)


if __name__ == "__main__":
    unittest.main()
