"""Elasticsearch, Logstash and Kibana: what can be shown of the profile elk without their images."""
