package fringe;

/** A file cannot be opened, read or written. */
public class FringeFileException extends FringeException {
    private static final long serialVersionUID = 1L;

    public FringeFileException(String message) {
        super(message);
    }
}
