package fringe;

/** The caller asked to stop. */
public class FringeCancelledException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeCancelledException(String message) {
        super(message);
    }
}
