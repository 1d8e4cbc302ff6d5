"""Settings: one frozen object, read once from the environment and `.env` (prefix UA_)."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from api.wecom_settings import WecomSettings
from retrieval.engines.server import MilvusServer

_ORIGIN = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?", re.IGNORECASE)


def _timezone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error
    return name


def _origins(value: str) -> str:
    """Return `value`, which must be origins with spaces between; anything else would end up in a header."""
    for origin in value.split():
        if not _ORIGIN.fullmatch(origin):
            raise ValueError(
                f"{origin!r} is not an origin such as https://portal.example or http://10.0.0.8:8080"
            )
    return value


def _milvus(uri: str) -> str:
    """Return `uri`, which must be an address without a password, or the path of a milvus-lite file."""
    if "://" not in uri and not uri.endswith(".db"):
        raise ValueError(f"{uri!r} is neither an address such as http://10.0.0.9:19530 nor a .db file")
    if "@" in uri:
        raise ValueError("a password belongs into UA_MILVUS_TOKEN, as user:password")
    return uri


def default_home() -> Path:
    """The checkout the product runs from."""
    return Path(__file__).resolve().parent.parent


class Settings(WecomSettings):
    """What a deployment can change. Times are seconds. Every field is explained in `.env.example`."""

    model_config = SettingsConfigDict(
        env_prefix="UA_", env_file=".env", extra="ignore", frozen=True, hide_input_in_errors=True
    )

    home: Path = Field(default_factory=default_home)
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 8000
    rasa_port: Annotated[int, Field(ge=1, le=65535)] = 5005
    database_url: SecretStr | None = None
    encoder: Path | None = None
    milvus_uri: Annotated[str, AfterValidator(_milvus)] | None = None
    milvus_token: SecretStr | None = None
    milvus_collection: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,99}$")] = "union_assistant"
    timezone: Annotated[str, AfterValidator(_timezone)] = "Asia/Shanghai"
    locale: str = "zh-CN"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    action_timeout: Annotated[float, Field(gt=0)] = 3.0
    rasa_timeout: Annotated[float, Field(gt=0)] = 8.0
    reply_wait: Annotated[float, Field(gt=0)] = 10.0
    max_open_turns: Annotated[int, Field(ge=1)] = 20
    portal_jwt_secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    portal_jwt_audience: str | None = None
    seed_admin_password: Annotated[SecretStr, Field(min_length=10)] | None = None
    escalate_minutes: Annotated[int, Field(ge=1)] = 10
    alert_url: SecretStr | None = None
    embed_origins: Annotated[str, AfterValidator(_origins)] = ""

    @model_validator(mode="after")
    def _timeouts_nest(self) -> Settings:
        if not self.action_timeout < self.rasa_timeout < self.reply_wait:
            raise ValueError(
                "UA_ACTION_TIMEOUT < UA_RASA_TIMEOUT < UA_REPLY_WAIT must hold: "
                f"{self.action_timeout} / {self.rasa_timeout} / {self.reply_wait}"
            )
        if self.port == self.rasa_port:
            raise ValueError(f"UA_PORT and UA_RASA_PORT are both {self.port}")
        return self

    @property
    def data(self) -> Path:
        """The data folder as an absolute path; a relative one is under `home`."""
        return self.data_dir if self.data_dir.is_absolute() else (self.home / self.data_dir).resolve()

    @property
    def database(self) -> str:
        """The database address; SQLite in the data folder by default."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data / 'database.sqlite3'}"

    @property
    def milvus(self) -> MilvusServer | None:
        """The Milvus server that keeps the vectors; a relative path of a file is in the data folder."""
        if self.milvus_uri is None:
            return None
        uri = self.milvus_uri if "://" in self.milvus_uri else str(self.data / self.milvus_uri)
        token = self.milvus_token.get_secret_value() if self.milvus_token else ""
        return MilvusServer(uri, token, self.milvus_collection)

    @property
    def index_dir(self) -> Path:
        return self.data / "index"

    @property
    def ranking_dir(self) -> Path:
        """What this deployment fitted for its encoder, in a folder per encoder."""
        return self.data / "ranking"

    @property
    def models_dir(self) -> Path:
        return self.data / "models"

    @property
    def uploads_dir(self) -> Path:
        """What employees sent, sealed."""
        return self.data / "uploads"

    @property
    def logs_dir(self) -> Path:
        return self.data / "logs"

    @property
    def knowledge_base(self) -> Path:
        return self.home / "knowledge_base"

    @property
    def texts_dir(self) -> Path:
        return self.home / "texts" / self.locale

    @property
    def web_dist(self) -> Path:
        return self.home / "web" / "dist"


def load_settings() -> Settings:
    """Read the settings, `.env` being looked for in the checkout (UA_HOME).

    Raises pydantic.ValidationError, which names every wrong setting.
    """
    home = Path(os.environ.get("UA_HOME", default_home()))
    return Settings(_env_file=home / ".env")
