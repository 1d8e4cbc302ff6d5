"""Everything under one supervisor: prepare, start Rasa and the API, watch, stop in order."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from functools import partial

import uvloop

from api.logs import configure_logging
from api.models.building import life_of
from api.models.life import Ending, NoModel, Outcome
from api.models.shelf import Shelf
from api.models.training import bot_python
from api.models.wording import reasons
from api.serving import folder, ports
from api.serving.child import Child, Log
from api.serving.notices import Notices, StartFailure
from api.serving.preparing import first_line, prepare_database, prepare_index
from api.serving.rasa_command import model_url, rasa_environment, ready_url, run_command
from api.serving.rasa_process import RasaSupervisor
from api.serving.secrets import load_secrets
from api.serving.server import ApiServer
from api.serving.swapping import ModelFollower
from api.serving.threads import beside
from api.settings import Settings

logger = logging.getLogger(__name__)

STILL = 15.0  # seconds between signs of life while Rasa starts


def serve(settings: Settings, notices: Notices) -> int:
    """Serve until a signal. Return 0 after a clean stop, 1 after a failure said in one line."""
    try:
        claimed = ports.claim(settings.host, settings.port, setting="UA_PORT")
        with claimed:
            ports.require_free("127.0.0.1", settings.rasa_port, setting="UA_RASA_PORT")
            parts = (settings.models_dir, settings.logs_dir, settings.data / "rasa")
            with folder.held(settings.data, parts):
                uvloop.run(Serving(settings, notices).run(claimed))
    except StartFailure as failure:
        notices.failure(failure)
        return 1
    except OSError as error:
        notices.failure(folder.unusable(settings.data, error))
        return 1
    return 0


class Serving:
    """One run of the service."""

    def __init__(self, settings: Settings, notices: Notices) -> None:
        self._settings = settings
        self._notices = notices
        self._secrets = load_secrets(settings.data / "secrets")
        self._env = rasa_environment(settings, self._secrets)
        self._rasa_log = Log(settings.logs_dir / "rasa.log")
        self._rasa = RasaSupervisor(ready_url=ready_url(settings), log=self._rasa_log, notify=notices.say)
        self._server: ApiServer | None = None
        self._listening = asyncio.Event()
        self._stop = asyncio.Event()

    async def run(self, claimed: socket.socket) -> None:
        """Serve until a signal. Raises StartFailure when a part cannot start."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._signalled)
        api = asyncio.create_task(self._run_api(claimed))
        dialogue = asyncio.create_task(self._run_dialogue())
        address = asyncio.create_task(self._announce())
        stop = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({api, dialogue, stop}, return_when=asyncio.FIRST_COMPLETED)
            for task in (api, dialogue):
                if task.done():
                    task.result()  # raises what ended it
        finally:
            address.cancel()
            await self._end(api, dialogue)
        self._notices.say("stopped")

    async def _run_api(self, claimed: socket.socket) -> None:
        settings, log = self._settings, self._settings.logs_dir / "api.log"
        configure_logging(settings.logs_dir, level=settings.log_level)
        await beside(partial(prepare_database, settings, self._notices))
        await beside(partial(prepare_index, settings, self._notices))
        from api.app import create_app  # its imports take a second, in which Rasa can be starting
        from api.serving.linear_algebra import use_one_thread

        try:
            app = create_app(settings, probe=self._rasa.state)
        except Exception as error:  # whatever a part finds wrong ends the start, said in one line
            logger.info("the application cannot be built", exc_info=True)  # the terminal gets one line
            raise StartFailure("api_start", reason=first_line(error), log=log) from error
        use_one_thread()  # with the index open, everything that searches is loaded
        self._server = ApiServer(app, listening=self._listening, log=log)
        await self._server.run(claimed)

    async def _run_dialogue(self) -> None:
        outcome = await self._model_in_use()
        self._say_how(outcome)
        follower = ModelFollower(
            Shelf(self._settings.models_dir),
            first=outcome.model,
            rasa=self._rasa,
            url=model_url(self._settings),
            secret=self._secrets.turn,
            notify=self._notices.say,
        )
        self._notices.say("starting_rasa")
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(follower.follow())
            tasks.create_task(self._rasa.run(partial(self._start_rasa, follower)))

    async def _model_in_use(self) -> Outcome:
        life = life_of(self._settings, env=self._env, progress=self._notices.say)
        settled = await beside(life.settled)
        if settled is not None:
            return settled
        try:
            return await life.renew()
        except NoModel as failure:
            raise StartFailure("training", log=failure.log) from failure

    def _say_how(self, outcome: Outcome) -> None:
        """Say loudly when it is not simply the model made from what is in the tree."""
        why = reasons(
            self._notices.texts, outcome.worse, against=outcome.report.against if outcome.report else None
        )
        match outcome.ending:
            case Ending.CURRENT | Ending.TAKEN:
                return
            case Ending.ALONE:
                self._notices.say("model_alone", why=why)
            case Ending.CHOSEN:
                self._notices.say("model_chosen", model=outcome.model)
            case Ending.REFUSED:
                self._notices.say("model_refused", model=outcome.model, why=why)
            case Ending.NOT_TRAINED:
                self._notices.say("older_model", model=outcome.model, log=outcome.log)
            case Ending.NOT_EXAMINED:
                self._notices.say("model_unexamined", model=outcome.model, log=outcome.log)

    async def _start_rasa(self, follower: ModelFollower) -> Child:
        return await Child.start(
            run_command(self._settings, follower.starting()),
            python=bot_python(self._settings.home),
            env=self._env,
            cwd=self._settings.home,
            log=self._rasa_log,
        )

    async def _announce(self) -> None:
        """Say where the chat page is, once it can be used; until then that it is still on its way."""
        while True:
            try:
                await asyncio.wait_for(self._rasa.ready(), STILL)
                break
            except TimeoutError:
                self._notices.say("still_starting")
        await self._listening.wait()
        self._notices.say("address", address=f"{ports.local_url(self._settings.host, self._settings.port)}/")

    def _signalled(self) -> None:
        if self._stop.is_set():  # asked twice: nobody wants to wait
            self._rasa.kill()
            self._notices.say("forced")
            os._exit(130)
        self._stop.set()
        self._notices.say("stopping")

    async def _end(self, api: asyncio.Task[None], dialogue: asyncio.Task[None]) -> None:
        """First no new questions and the ones in progress answered, then Rasa."""
        if self._server is not None:
            self._server.stop()
        else:
            api.cancel()
        await asyncio.gather(api, return_exceptions=True)
        dialogue.cancel()
        await asyncio.gather(dialogue, return_exceptions=True)
