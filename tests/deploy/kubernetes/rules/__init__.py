"""Rules over rendered manifests: functions that return sentences about what is wrong."""

from __future__ import annotations

from collections.abc import Callable

from tests.deploy.kubernetes.objects import Rendering
from tests.deploy.kubernetes.repository import Repository
from tests.deploy.kubernetes.rules import (
    monitoring,
    network,
    ports,
    probes,
    scaling,
    security,
    selectors,
    storage,
    variables,
)

Rule = Callable[[Rendering, Repository], list[str]]
RuleOverAll = Callable[[list[Rendering], Repository], list[str]]

RULES: tuple[Rule, ...] = (
    selectors.workloads_select_their_pods,
    selectors.selectors_find_pods,
    selectors.references_resolve,
    selectors.nothing_is_left_over,
    selectors.names_are_unique,
    monitoring.monitors_read_numbers,
    monitoring.jobs_are_called_like_services,
    monitoring.alerts_reach_prometheus,
    monitoring.dashboards_reach_grafana,
    ports.containers_listen_where_they_say,
    ports.services_reach_containers,
    ports.node_ports_are_as_given,
    ports.addresses_lead_to_services,
    ports.ray_commands_agree,
    ports.policies_open_ports_that_listen,
    probes.probes_differ,
    probes.probes_ask_real_routes,
    probes.liveness_outlasts_requests,
    probes.ends_are_waited_for,
    network.only_the_arrows_pass,
    network.everything_is_denied_first,
    network.policies_say_their_types,
    scaling.autoscalers_can_act,
    scaling.autoscalers_are_as_given,
    scaling.workers_follow_the_queue,
    scaling.drains_are_never_held_up,
    scaling.pods_are_spread,
    scaling.resources_are_asked_for,
    scaling.rollouts_keep_service,
    security.namespace_is_restricted,
    security.pods_are_restricted,
    security.users_are_those_of_the_images,
    security.nobody_has_a_token,
    security.nothing_secret_is_written_down,
    security.services_insist_on_secrets,
    security.images_are_what_was_meant,
    storage.volumes_and_mounts_agree,
    storage.scratch_space_is_bounded,
    storage.shared_claims_can_be_shared,
    storage.state_survives_pods,
    variables.variables_are_known,
    variables.secrets_are_where_they_are_looked_for,
    variables.secret_files_are_for_one_user,
    variables.ray_asks_for_a_token,
    variables.service_links_are_off,
)
"""Of one rendering."""

RULES_OVER_ALL: tuple[RuleOverAll, ...] = (
    variables.settings_were_thought_of,
    variables.outside_secrets_are_used,
)
"""Of all renderings together."""
