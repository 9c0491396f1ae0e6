"""What the environment may set, and the clocks."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from infrastructure.clock import SetClock, SystemClock
from infrastructure.settings import SettingsError, load_settings


def test_the_default_is_a_file_in_this_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONTRACTSPOOR_DATABASE_URL", raising=False)
    assert load_settings().database_url == "sqlite:///contractspoor.db"


def test_the_environment_names_the_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACTSPOOR_DATABASE_URL", "postgresql://a:geheim@b/c")
    settings = load_settings()
    assert settings.database_url == "postgresql://a:geheim@b/c"
    assert "geheim" not in repr(settings)
    assert "geheim" not in str(settings)


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CONTRACTSPOOR_DATABASE_URL", ""), ("CONTRACTSPOOR_LOCK_TIMEOUT_SECONDS", "geheim")],
)
def test_a_mistake_names_the_variable_and_not_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError, match=f"^{variable}: ") as refused:
        load_settings()
    assert "\n" not in str(refused.value)
    assert "geheim" not in str(refused.value)


def test_the_system_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_set_clock_stands_still_until_it_is_set() -> None:
    clock = SetClock(datetime(2025, 3, 1, 9, tzinfo=timezone(timedelta(hours=1))))
    assert clock.now() == clock.now() == datetime(2025, 3, 1, 8, tzinfo=UTC)
    clock.set(datetime(2024, 1, 1, tzinfo=UTC))
    assert clock.now() == datetime(2024, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="has no zone"):
        clock.set(datetime(2025, 3, 1))  # noqa: DTZ001 - that is the mistake
