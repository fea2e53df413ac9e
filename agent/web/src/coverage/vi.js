// vi.js - the Vietnamese of the texts in this folder.
export default {
};
