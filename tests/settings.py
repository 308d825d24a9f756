"""The product's settings as the tests use them: a home of their own, a fixed secret, cheap passwords."""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="routebook-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("ROUTEBOOK_")]:
    del os.environ[_name]
os.environ["ROUTEBOOK_HOME"] = _home
os.environ["ROUTEBOOK_SECRET"] = "only the tests know this secret, and it protects nothing at all"
# Playwright's loop runs in the thread of the test, and Django would take that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

from routebook.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
