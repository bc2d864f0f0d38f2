"""Keys, tokens and the mandate change without a reload, and within 100 ms of the answer."""
import statistics
import time
import unittest

from http_case import HttpCase
from stand import trigger, wait_for

BAD = "Token is not valid."


class KeyLifetime(HttpCase):
    def assertBad(self, key):
        self.assertError(self.stand.fire(key=key), 401, "INVALID_TOKEN", BAD)

    def rotate(self, name, overlap_ms=0):
        """The new key; the old one works for so long."""
        until_ms = int(time.time() * 1000) + overlap_ms
        answer = self.stand.request(
            "POST", f"/ng/api/token/rotate/{name}?accountIdentifier=demo&rotateTimestamp={until_ms}",
            headers={"X-Api-Key": self.stand.admin_key()})
        self.assertEqual(answer.status, 200, answer)
        return answer.json["data"]

    def test_rotated_key_works_beside_the_old_one_until_its_time(self):
        old = self.stand.make_key("rotated")
        new = self.rotate("rotated", overlap_ms=1500)
        end = time.time() + 1.5
        self.assertNotEqual(old, new)
        self.assertAccepted(self.stand.fire(key=new))
        answer = self.stand.fire(key=old)
        if time.time() < end:  # on a machine that stood still meanwhile nothing was shown
            self.assertAccepted(answer)
        wait_for(lambda: self.stand.fire(key=old).status == 401, "the old key's end")
        self.assertGreaterEqual(time.time(), end - 0.05)
        self.assertAccepted(self.stand.fire(key=new))

    def test_rotated_key_without_overlap_ends_at_once(self):
        old = self.stand.make_key("replaced")
        self.assertAccepted(self.stand.fire(key=self.rotate("replaced")))
        self.assertBad(old)

    def test_expired_key_is_bad(self):
        end_ms = int(time.time() * 1000) + 500
        key = self.stand.request(
            "POST", "/ng/api/token?accountIdentifier=demo",
            f'{{"name":"expiring","role":"executor","validTo":{end_ms}}}',
            {"X-Api-Key": self.stand.admin_key()}).json["data"]
        wait_for(lambda: self.stand.fire(key=key).status == 401, "the key's end")
        self.assertGreaterEqual(time.time() * 1000, end_ms)
        self.assertBad(key)

    def test_deleted_trigger_and_its_successor_have_different_tokens(self):
        self.stand.apply(trigger("again"))
        old = self.stand.token("again")
        self.stand.cli("delete", "trigger", "again")
        self.assertError(self.stand.fire(trigger_id="again"), 400, "INVALID_REQUEST",
                         "Invalid request: No custom trigger found for the used custom webhook "
                         f"token: {old}")
        self.stand.apply(trigger("again"))
        self.stand.tokens.pop("again")
        self.assertNotEqual(self.stand.token("again"), old)
        self.assertAccepted(self.stand.fire(trigger_id="again"))


class ChangesActAtOnce(HttpCase):
    """Design section 2: a change is answered when workers see it. Measured from before the request
    that makes the change to the first call that obeys it, so the bound holds for both."""

    BOUND_MS = 100

    def put(self, value):
        answer = self.stand.request(
            "PUT", "/ng/api/settings?accountIdentifier=demo",
            f'[{{"identifier":"mandate_custom_webhook_authorization","value":"{value}"}}]',
            {"X-Api-Key": self.stand.admin_key()})
        self.assertTrue(answer.json["data"][0]["updateStatus"], answer)

    def revoke(self, name):
        answer = self.stand.request("DELETE", f"/ng/api/token/{name}?accountIdentifier=demo",
                                    headers={"X-Api-Key": self.stand.admin_key()})
        self.assertEqual(answer.status, 200, answer)

    def measure(self, what, changes):
        """Runs (change, the call, the status it must get), and prints how long each took."""
        durations_ms = []
        for change, call, status in changes:
            started = time.monotonic()
            change()
            answered = time.monotonic()
            self.assertEqual(call().status, status, "answered before workers saw it")
            durations_ms.append((time.monotonic() - started) * 1000)
            self.assertLess(answered - started, 10)
        # One frozen moment of a loaded machine must not fail it: the median must hold.
        median = statistics.median(durations_ms)
        print(f"{what}: acts after {median:.1f} ms, at most {max(durations_ms):.1f} ms "
              f"({len(durations_ms)} changes)")
        self.assertLess(median, self.BOUND_MS)

    def test_mandate_acts_within_100_ms(self):
        self.stand.token()
        self.measure("mandate", [(lambda value=value: self.put(value), self.stand.fire, status)
                                 for value, status in [("true", 400), ("false", 200)] * 10])

    def test_revoked_key_ends_within_100_ms(self):
        self.stand.token()
        keys = {name: self.stand.make_key(name) for name in (f"short-{i}" for i in range(10))}
        for key in keys.values():
            self.assertAccepted(self.stand.fire(key=key))
        self.measure("revoked key", [
            (lambda name=name: self.revoke(name), lambda key=key: self.stand.fire(key=key), 401)
            for name, key in keys.items()])


if __name__ == "__main__":
    unittest.main()
