"""The Flask application: resources, problems and the request log, put together."""

from __future__ import annotations

from flask import Flask

from model_service.http.agents import make_agents_blueprint
from model_service.http.datasets import make_datasets_blueprint
from model_service.http.evaluations import make_evaluations_blueprint
from model_service.http.experiments import make_experiments_blueprint
from model_service.http.operations import make_operations_blueprint
from model_service.http.predict import make_predict_blueprint
from model_service.http.preprocess import make_preprocess_blueprint
from model_service.http.problems import register_problems
from model_service.http.request_log import register_request_log
from model_service.http.sentiment import make_sentiment_blueprint
from model_service.http.service_token import register_service_token
from model_service.http.services import Services
from model_service.http.simulate import make_simulate_blueprint


def make_application(services: Services) -> Flask:
    """All routes of the contract, answered by `services`."""
    app = Flask("model_service", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = services.settings.max_body_bytes
    app.url_map.merge_slashes = False
    register_request_log(app, services.telemetry, services.spans)
    register_problems(app)
    register_service_token(app, services.settings.service_token)
    app.register_blueprint(make_predict_blueprint(services))
    app.register_blueprint(make_preprocess_blueprint(services))
    app.register_blueprint(make_simulate_blueprint())
    app.register_blueprint(make_sentiment_blueprint(services))
    app.register_blueprint(make_agents_blueprint(services))
    app.register_blueprint(make_datasets_blueprint(services))
    app.register_blueprint(make_evaluations_blueprint(services))
    app.register_blueprint(make_experiments_blueprint(services))
    app.register_blueprint(make_operations_blueprint(services))
    return app
