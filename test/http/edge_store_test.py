"""The edge store missing, damaged or of another schema: 503 until it can be read, never a guess."""
import shutil
import subprocess
import unittest

from http_case import HttpCase
from stand import BUILD, Stand, pipeline, trigger, wait_for


class EdgeStore(HttpCase):
    @classmethod
    def setUpClass(cls):
        """Each test has a stand of its own."""

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.stand = Stand((pipeline(), trigger()))
        self.addCleanup(self.stand.close)
        self.stand.token()

    def restart_nginx(self):
        """nginx without an engine, as after a boot where the engine comes late."""
        self.stand.stop_nginx()
        self.stand.start_nginx(is_health_awaited=False)

    def assertStoreDown(self):
        answer = self.stand.fire()
        self.assertError(answer, 503, "SERVICE_UNAVAILABLE",
                         "Triggers cannot be looked up. Please try again.")
        self.assertEqual(answer.headers["Retry-After"], "1")
        self.assertEqual(self.stand.get("/healthz").status, 503)

    def assertWorksAgain(self):
        wait_for(self.stand.is_healthy, "health")
        self.assertEqual(self.stand.wait_for_end(self.assertAccepted(self.stand.fire()))["status"],
                         "Success")

    def test_missing_store_is_503_until_the_engine_has_built_it(self):
        self.stand.kill_engine()
        shutil.rmtree(self.stand.root / "edge")
        self.restart_nginx()
        for key in (None, "pat.demo.000000000000000000000000.aaaaaaaaaaaaaaaaaaaa"):
            self.stand.fire(key=key)
            self.assertStoreDown()
        self.stand.start_engine()
        self.assertWorksAgain()

    def test_store_of_another_schema_is_503(self):
        self.stand.kill_engine()
        subprocess.run([f"{BUILD}/test/edge_writer", self.stand.root / "edge"], input=b"schema 2\n",
                       check=True)
        self.assertStoreDown()
        self.assertIn("has a schema that this module does not read", self.stand.log("nginx.log"))

    def test_store_that_is_no_store_is_503(self):
        self.stand.kill_engine()
        self.stand.stop_nginx()
        data = self.stand.root / "edge/v1/data.mdb"
        data.write_bytes(b"\xff" * data.stat().st_size)
        self.stand.start_nginx(is_health_awaited=False)
        self.assertStoreDown()
        shutil.rmtree(self.stand.root / "edge")
        self.stand.start_engine()
        self.assertWorksAgain()


if __name__ == "__main__":
    unittest.main()
