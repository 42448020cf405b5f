// Says in words whether the picture of the certificate's self-test could be loaded, which only
// a browser that trusts the certificate does. Without a script the picture itself says it.
export function tellSelfTest() {
  for (const picture of document.querySelectorAll("img[data-self-test]")) {
    const said = document.getElementById(picture.dataset.selfTest);
    const tell = (state) => {
      said.dataset.state = state;
      said.className = `bellgate-state bellgate-state--${state === "trusted" ? "ok" : "red"}`;
      for (const words of said.querySelectorAll("[data-when]")) {
        words.hidden = words.dataset.when !== state;
      }
      picture.hidden = state !== "trusted";
    };
    const look = () => tell(picture.naturalWidth > 0 ? "trusted" : "not-trusted");
    if (picture.complete) look();
    else {
      picture.addEventListener("load", look);
      picture.addEventListener("error", look);
    }
  }
}
