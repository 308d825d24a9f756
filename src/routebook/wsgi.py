"""The application that the server runs."""

import os

from django.core.wsgi import get_wsgi_application

from routebook.cli.serve import stop_with_the_server

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "routebook.settings")
stop_with_the_server()
application = get_wsgi_application()

from routebook.worker import dispatcher  # noqa: E402  (its models need the set-up above)

dispatcher.start()
