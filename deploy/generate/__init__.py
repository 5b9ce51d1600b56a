"""What goes around the services, from their folders: for Compose, Caddy, Prometheus and Kubernetes.

    python -m deploy.generate          of those that Emarge comes with, into deploy/shipped;
                                       it is committed, and a test holds it to the folders
    python3 -m deploy.generate own     of all other folders, into deploy/own, which git ignores;
                                       deploy/fill-secrets runs it; what it prints is for .env

Written with Python alone, as deploy/services.py is read.
"""
