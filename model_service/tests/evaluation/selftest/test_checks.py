"""The checks of the selftest, as small as they can be."""

from model_service.evaluation.selftest.checks import Extent, make_checks


def test_every_check_says_what_it_measured_and_wanted() -> None:
    checks = make_checks(Extent(steps=1, pairs=20, candles=80))
    assert [check.name for check in checks] == [
        "Leak canary (next open)",
        "Leak canary (next close)",
        "False verdicts",
    ]
    findings = [check.run() for check in checks]
    # One step of training is not enough to use the leak: the canary has to fail.
    assert [finding.passed for finding in findings] == [False, False, True]
    assert "of 20" in findings[2].measured
    assert all(finding.wanted for finding in findings)
