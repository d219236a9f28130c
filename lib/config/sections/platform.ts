import { PLATFORMS } from "../../serverless/platforms/platform_texts.ts";
import { choice } from "../../settings/quantities.ts";

/** The platform whose settings stand below those given. */
export const platform = choice(PLATFORMS, {
  wanted: "a platform",
  default: null,
  describe:
    "Platform in data/platforms whose scaling, keep-alive, gateway and billing hold where " +
    "nothing else is given; null: the defaults.",
});
