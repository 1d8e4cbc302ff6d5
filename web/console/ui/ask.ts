/** Small talk with the person in front of the screen: a question before a serious step, a word after it. */
import { sentence } from "../api/errors";
import { t } from "../texts";
import { ElMessage, ElMessageBox } from "./elements";

export interface Question {
  title: string;
  text: string;
  action: string;
  perform: () => Promise<void>;
  /** Said when it is done. */
  done?: string;
}

/** Ask, and on yes perform; the dialog stays open until that has worked. Resolves to whether it was done. */
export async function ask({ title, text, action, perform, done }: Question): Promise<boolean> {
  try {
    await ElMessageBox.confirm(text, title, {
      confirmButtonText: action,
      cancelButtonText: t("ask.cancel"),
      autofocus: false,
      beforeClose: (answer, box, close) => {
        if (answer !== "confirm") {
          close();
          return;
        }
        box.confirmButtonLoading = true;
        perform().then(close, tell).finally(() => {
          box.confirmButtonLoading = false;
        });
      },
    });
  } catch {
    return false; // The box rejects when it is dismissed.
  }
  if (done) ElMessage.success(done);
  return true;
}

/** Show why something did not work. */
export function tell(error: unknown): void {
  ElMessage.error({ message: sentence(error), duration: 6000, showClose: true });
}
