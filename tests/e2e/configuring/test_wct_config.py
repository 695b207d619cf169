"""Settings: where they may stand, which wins, and how ``wct config`` tells."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.processes import Cli, Wct
from tests.one_note import write_one_note
from wct_adapters.environment_file import environment_of

ORGANISATION = """\
data_controller:
  name: Example Letters Ltd
  address: 1 Example Street, Exampleton
  contact_email: privacy@letters.example
  jurisdictions: [IE]
dpo: {name: The officer, contact_email: dpo@letters.example, contact_address: as above}
"""


@pytest.fixture(autouse=True)
def _elsewhere(elsewhere: Path) -> None:
    """Tests write where they stand."""


def settings(cli: Cli, *options: str) -> dict[str, tuple[str | None, str]]:
    result = cli(*options, "config", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    found: dict[str, Any] = json.loads(result.stdout)
    return {each["name"]: (each["value"], each["source"]) for each in found["settings"]}


def test_without_a_file_everything_is_as_documented(cli: Cli) -> None:
    found = settings(cli)
    assert found["config"] == (None, "none here")
    assert found["ledger"] == (".wct/ledger.db", "default")
    assert found["evidence"] == ("masked", "default")


def test_the_file_decides_and_is_named_as_the_source(cli: Cli) -> None:
    Path("wct.yaml").write_text("output_dir: results\nlog: {level: INFO}\n")
    found = settings(cli)
    assert found["output_dir"] == ("results", "wct.yaml")
    assert found["log.level"] == ("INFO", "wct.yaml")
    assert found["config"] == ("wct.yaml", "found here")


def test_an_environment_variable_wins_over_env_file_and_both_over_the_file(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("wct.yaml").write_text("ledger: one.db\n")
    assert settings(cli)["ledger"] == ("one.db", "wct.yaml")
    monkeypatch.setenv("WCT_LEDGER", "three.db")
    Path(".env").write_text("WCT_LEDGER=two.db\n")
    assert settings(cli)["ledger"] == ("three.db", "WCT_LEDGER")


def test_what_env_file_adds_is_named_as_its_own(wct: Wct, tmp_path: Path) -> None:
    (tmp_path / "wct.yaml").write_text("ledger: one.db\n")
    (tmp_path / ".env").write_text("WCT_LEDGER='two.db'  # of this project\n")
    found = json.loads(wct("config", "--json").stdout)["settings"]
    ledger = next(each for each in found if each["name"] == "ledger")
    assert (ledger["value"], ledger["source"]) == ("two.db", ".env: WCT_LEDGER")


def test_paths_are_relative_to_the_file(cli: Cli) -> None:
    team = Path("team")
    team.mkdir()
    (team / "settings.yaml").write_text("ledger: all.db\noutput_dir: results\n")
    found = settings(cli, "--config", "team/settings.yaml")
    assert found["ledger"] == ("team/all.db", "team/settings.yaml")
    assert found["output_dir"] == ("team/results", "team/settings.yaml")


def test_the_run_and_who_reads_it_use_the_ledger_of_the_file(cli: Cli) -> None:
    write_one_note(Path())
    Path("wct.yaml").write_text("ledger: all.db\noutput_dir: results\n")
    assert "No runs yet" in cli("runs").stderr
    result = cli("run", "runbook.yaml")
    assert result.exit_code == 0
    assert Path("all.db").exists()
    assert not Path(".wct").exists()
    assert len(list(Path("results").iterdir())) == 1
    assert "--ledger" not in result.stdout  # it is found without
    assert len(json.loads(cli("runs", "--json").stdout)) == 1


def test_an_option_wins_over_the_file(cli: Cli) -> None:
    write_one_note(Path())
    Path("wct.yaml").write_text("ledger: all.db\noutput_dir: results\n")
    result = cli("run", "runbook.yaml", "--ledger", "own.db", "--output-dir", "mine")
    assert result.exit_code == 0
    assert [
        Path(each).exists() for each in ("own.db", "mine", "all.db", "results")
    ] == [
        True,
        True,
        False,
        False,
    ]


WRONG = {
    "outputdir: x": "1: outputdir: there is no such setting; did you mean 'output_d",
    "log:\n  tint: red": "2: log.tint: there is no such setting; known: level, f",
    "drain: 1\ndrain: 2": "2: drain: it stands there twice; keep one",
    "max_workers: 0": "1: max_workers: input should be greater than or equal to 1",
    "evidence: some": "1: evidence: input should be 'masked' or 'full'",
    "- a list": "1: a mapping of settings is wanted",
    "ledger: postgresql://wct:hunter2@db/wct": "1: ledger: a password does not belong",
    "ledger: ${WHERE}": " ledger: environment variable WHERE is not set; set it",
    "organisation: {data_controller: {name: ' ', address: a, contact_email: b}}": (
        "1: organisation.data_controller.name: Data controller name is required for"
    ),
    "subscribers: [{name: chat, webhook: {url: 'ftp://x'}}]": (
        "1: subscribers[0].webhook.url: a URL that begins with https:// or http://"
    ),
}


@pytest.mark.parametrize("text", WRONG)
def test_what_is_wrong_is_named_with_its_line(cli: Cli, text: str) -> None:
    Path("wct.yaml").write_text(text)
    result = cli("runs")
    assert result.exit_code == 1
    assert f"wct.yaml:{WRONG[text]}" in result.stderr
    assert "hunter2" not in result.stderr
    assert cli("runs", "--help").exit_code == 0


def test_what_is_no_yaml_is_named(cli: Cli) -> None:
    Path("wct.yaml").write_text("ledger: [\n")
    assert "Invalid YAML in wct.yaml: line 2" in cli("runs").stderr


def test_a_file_that_is_named_has_to_be_there(cli: Cli) -> None:
    result = cli("--config", "gone.yaml", "runs")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: Cannot read file gone.yaml: No such file or directory\n",
    )


class TestOrganisation:
    def test_it_stands_in_the_results(self, cli: Cli) -> None:
        write_one_note(Path())
        Path("organisation.yaml").write_text(ORGANISATION)
        document = json.loads(cli("run", "runbook.yaml", "--json").stdout)
        assert document["export_metadata"]["organisation"] == {
            "data_controller": {
                "name": "Example Letters Ltd",
                "address": "1 Example Street, Exampleton",
                "contact_email": "privacy@letters.example",
                "jurisdictions": ["IE"],
            },
            "dpo": {
                "name": "The officer",
                "contact_email": "dpo@letters.example",
                "contact_address": "as above",
            },
        }
        assert settings(cli)["organisation"] == (
            "Example Letters Ltd",
            "organisation.yaml",
        )

    def test_one_in_wct_yaml_wins(self, cli: Cli) -> None:
        Path("organisation.yaml").write_text(ORGANISATION)
        Path("wct.yaml").write_text(
            "organisation:\n  data_controller:\n    name: Another\n"
            "    address: x\n    contact_email: y\n"
        )
        assert settings(cli)["organisation"] == ("Another", "wct.yaml")

    def test_without_one_the_results_say_nothing_and_the_log_does(
        self, cli: Cli
    ) -> None:
        write_one_note(Path())
        result = cli("run", "runbook.yaml", "--json", "--log-level", "info")
        assert "organisation" not in json.loads(result.stdout)["export_metadata"]
        assert "GDPR Article 30(1)(a)" in result.stderr


class TestEnvironmentFile:
    def test_what_steers_the_process_or_sends_a_key_away_is_left_out(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / ".env").write_text(
            "PYTHONPATH=/evil\nHTTPS_PROXY=http://evil\nWCT_TRUST_CONFIG=1\n"
            "OPENAI_BASE_URL=http://evil\nANTHROPIC_BASE_URL=http://mine\n"
            "ANTHROPIC_API_KEY=k\nLDAP_HOST=h\n"
            "HOME=/evil\nXDG_DATA_HOME=/evil\nWCT_KEYS=known.keys\n"
            "PGHOSTADDR=192.0.2.1\nPGSSLMODE=disable\n"
        )
        added = environment_of(tmp_path / ".env", {"OPENAI_API_KEY": "real"})
        assert set(added) == {"ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "LDAP_HOST"}

    def test_a_password_of_the_environment_goes_to_no_ledger_of_the_file(
        self, tmp_path: Path
    ) -> None:
        file = tmp_path / ".env"
        file.write_text("WCT_LEDGER=postgresql://wct@evil/wct\nPGPASSWORD=mine\n")
        assert environment_of(file, {"PGPASSWORD": "real"}) == {}
        assert set(environment_of(file, {})) == {"WCT_LEDGER", "PGPASSWORD"}

    def test_what_is_set_stays(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("LLM_PROVIDER=openai\n")
        assert environment_of(tmp_path / ".env", {"LLM_PROVIDER": "google"}) == {}

    def test_one_that_is_no_text_is_named(self, wct: Wct, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"A=\xff\n")
        result = wct("config")
        assert (result.returncode, result.stderr) == (
            1,
            "Error: Cannot read file .env: it is not UTF-8\n",
        )


def test_the_log_for_programs_is_one_object_a_line(cli: Cli) -> None:
    write_one_note(Path())
    result = cli("run", "runbook.yaml", "--log-format", "json")
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [each["event"] for each in lines] == [
        "run.started",
        "step.completed",
        "run.completed",
        "organisation.unknown",
    ]
    assert {each["level"] for each in lines} == {"info"}
    assert [each.get("position") for each in lines[:3]] == [1, 5, 6]


def test_errors_for_programs_are_objects_too(cli: Cli) -> None:
    Path("wct.yaml").write_text("log: {format: json}\n")
    Path("runbook.yaml").write_text("name: nothing else\n")
    result = cli("run", "runbook.yaml")
    assert result.exit_code == 1
    *_, last = (json.loads(line) for line in result.stderr.splitlines())
    assert (last["event"], last["status"]) == ("command.failed", 1)
